// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "packagetable.h"

#include <quoin/listing.h>
#include <quoin/services.h>

namespace sip {

/// The packages as the admin API shows them. Handlers for pool threads: they block.
class SipAdmin
{
public:
    SipAdmin(const quoin::Services &services, const QString &directory)
        : m_services(services)
        , m_directory(directory)
    {
    }

    /// GET /admin/v1/sips?limit=&after=&record=&state=&text=
    quoin::Result<quoin::Response> list(const quoin::Request &request) const;

private:
    quoin::Result<quoin::RowSelection> selection(const quoin::Request &request) const;

    quoin::Services m_services;
    QString m_directory;
};

} // namespace sip
