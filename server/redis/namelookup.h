// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QObject>
#include <QString>

#include <functional>

namespace quoin::redis {

struct Addresses
{
    QByteArrayList numeric; ///< The system's order of preference.
    QString fault;          ///< Why there are none.
};

/// Asks the system for the addresses of a name, in a thread that ends with the question. Not QHostInfo::lookupHost(),
/// which remembers answers for a minute: a Redis whose container was made anew has another address. done is called in
/// context's thread, unless context has gone; an address needs no question, and is answered at once.
void lookUp(const QString &host, QObject *context, const std::function<void(const Addresses &)> &done);

} // namespace quoin::redis
