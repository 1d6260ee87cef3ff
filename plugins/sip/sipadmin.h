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

    /// POST /admin/v1/sips/{id}/verify: the package after its file was read in full. That the file is away or is not
    /// what it was is an answer, no error. Stops when nobody waits for it any more.
    quoin::Result<quoin::Response> verify(const quoin::Request &request, qint64 id) const;

    /// GET /admin/v1/sips/{id}/entries and .../{index}; see insideOf() and bytesInside().
    quoin::Result<quoin::Response> entries(qint64 id) const;
    quoin::Result<quoin::Response> entry(qint64 id, qint64 index) const;

private:
    quoin::Result<StoredPackage> find(qint64 id) const;
    quoin::Result<quoin::RowSelection> selection(const quoin::Request &request) const;

    quoin::Services m_services;
    QString m_directory;
};

} // namespace sip
