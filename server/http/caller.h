// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/http.h>

#include <QString>
#include <QStringList>

namespace quoin::http {

/// Who asks, as the gate has found out. A value that all requests of one credential share.
struct Caller
{
    qint64 id = 0;      ///< Of the credential.
    QString name;       ///< As the operator called it.
    QStringList scopes; ///< As granted; what one of them implies is not listed.
};

/// Who asks; null where nobody had to be asked, on a route that is open. Valid as long as the request. Any thread.
const Caller *callerOf(const Request &request);

} // namespace quoin::http
