// SPDX-License-Identifier: GPL-3.0-only
#include "database/postgresnotices.h"

#include "database/databaselog.h"

#include <QLibrary>
#include <QSqlDatabase>
#include <QSqlDriver>
#include <QVariant>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

// PostgreSQL documentation, 34.13 "Notice Processing". PGconn is opaque; the driver's handle() is a PGconn *
// (doc.qt.io, QSqlDriver).
using Processor = void (*)(void *, const char *);
using SetProcessor = Processor (*)(void *connection, Processor processor, void *argument);

SetProcessor findSetter()
{
    // The library that the driver has loaded already: this does not load another, and asks for no headers of it.
    QLibrary library(u"pq"_s, 5);
    return reinterpret_cast<SetProcessor>(library.resolve("PQsetNoticeProcessor"));
}

void logNotice(void *, const char *text)
{
    qCDebug(databaseLog).noquote() << "postgresql:" << QString::fromUtf8(text).simplified();
}

} // namespace

void logNotices(const QSqlDatabase &driver)
{
    static const SetProcessor setProcessor = findSetter();
    const QVariant handle = driver.driver()->handle();
    const QByteArrayView type(handle.typeName());
    if (setProcessor && (type == "PGconn*" || type == "pg_conn*"))
        setProcessor(*static_cast<void *const *>(handle.constData()), logNotice, nullptr);
}

} // namespace quoin::database
