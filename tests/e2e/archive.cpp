// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"

#include "support/quoinprocess.h"

#include <QDir>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QUrl>
#include <QUrlQuery>

#include <memory>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

/// Points a connection at "sqlite:////file" or
/// "postgresql://user@host:port/name?host=socket-folder".
QSqlDatabase connectionTo(const QString &databaseUrl, const QString &connection)
{
    const QUrl url(databaseUrl);
    if (url.scheme() == u"sqlite"_s) {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, connection);
        database.setDatabaseName(databaseUrl.section(u'?', 0, 0).mid(QStringLiteral("sqlite:///").size()));
        database.setConnectOptions(u"QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=25000"_s);
        return database;
    }
    const QUrlQuery query(url);
    QSqlDatabase database = QSqlDatabase::addDatabase(u"QPSQL"_s, connection);
    database.setDatabaseName(url.path().mid(1));
    database.setUserName(url.userName());
    database.setHostName(query.hasQueryItem(u"host"_s) ? query.queryItemValue(u"host"_s, QUrl::FullyDecoded)
                                                       : url.host());
    database.setPort(query.hasQueryItem(u"port"_s) ? query.queryItemValue(u"port"_s).toInt() : url.port(5432));
    return database;
}

/// Steps through the rows of one statement on a connection of its own, which only reads.
template <class Take>
void eachRow(const QString &databaseUrl, const QString &sql, Take take)
{
    const QString connection = u"e2e"_s;
    {
        QSqlDatabase database = connectionTo(databaseUrl, connection);
        QSqlQuery query(database.open() ? database : QSqlDatabase());
        if (!query.exec(sql))
            qWarning() << "cannot run" << sql << "on" << databaseUrl << database.lastError().text()
                       << query.lastError().text();
        while (query.next())
            take(query);
    }
    QSqlDatabase::removeDatabase(connection);
}

QString peerFile(const QString &name) { return QStringLiteral(QUOIN_E2E_SOURCE_DIR "/../peer/") + name; }

} // namespace

QHash<qint64, QStringList> packagesByRecord(const QString &sipDirectory)
{
    QHash<qint64, QStringList> packages;
    for (const QString &file : QDir(sipDirectory).entryList({u"*.zip"_s}, QDir::Files))
        packages[file.section(u'_', 0, 0).toLongLong()].append(file);
    return packages;
}

QHash<qint64, int> packageRowsByRecord(const QString &databaseUrl)
{
    QHash<qint64, int> rows;
    eachRow(databaseUrl, u"SELECT record, COUNT(*) FROM sip GROUP BY record"_s,
            [&](const QSqlQuery &row) { rows.insert(row.value(0).toLongLong(), row.value(1).toInt()); });
    return rows;
}

QHash<qint64, QByteArray> storedRecords(const QString &databaseUrl)
{
    QHash<qint64, QByteArray> records;
    eachRow(databaseUrl, u"SELECT id, CAST(json AS TEXT) FROM record"_s,
            [&](const QSqlQuery &row) { records.insert(row.value(0).toLongLong(), row.value(1).toString().toUtf8()); });
    return records;
}

QList<QPair<QByteArray, QByteArray>> storedTraces(const QString &databaseUrl, const QString &task)
{
    QList<QPair<QByteArray, QByteArray>> traces;
    eachRow(databaseUrl, u"SELECT arguments, trace FROM task WHERE name = '%1'"_s.arg(task), [&](const QSqlQuery &row) {
        traces.append({row.value(0).toByteArray(), row.value(1).toByteArray()});
    });
    return traces;
}

QHash<QString, int> tasksByState(const QString &databaseUrl)
{
    QHash<QString, int> tasks;
    eachRow(databaseUrl, u"SELECT state, COUNT(*) FROM task GROUP BY state"_s,
            [&](const QSqlQuery &row) { tasks.insert(row.value(0).toString(), row.value(1).toInt()); });
    return tasks;
}

QHash<QString, QString> tasksByWorker(const QString &databaseUrl, const QString &task)
{
    QHash<QString, QString> tasks;
    eachRow(databaseUrl, u"SELECT worker, state FROM task WHERE name = '%1' ORDER BY id"_s.arg(task),
            [&](const QSqlQuery &row) { tasks.insert(row.value(0).toString(), row.value(1).toString()); });
    return tasks;
}

QString whatIsMissing(const QuoinProcess &server)
{
    const auto records = storedRecords(server.databaseUrl());
    const auto rows = packageRowsByRecord(server.databaseUrl());
    const auto packages = packagesByRecord(server.sipDirectory());
    for (auto record = records.keyBegin(); record != records.keyEnd(); ++record) {
        if (packages.value(*record).size() != 1)
            return u"record %1 has %2 packages: %3"_s.arg(*record)
                .arg(packages.value(*record).size())
                .arg(packages.value(*record).join(u", "_s));
        if (rows.value(*record) != 1)
            return u"record %1 has %2 rows in the table sip"_s.arg(*record).arg(rows.value(*record));
    }
    if (packages.size() != records.size())
        return u"there are packages of %1 records, but %2 records"_s.arg(packages.size()).arg(records.size());
    return {};
}

QByteArray payloadOf(const QString &package, QString *fault)
{
    const QByteArray output = runPython({u"payloads.py"_s, package}, {}, fault);
    return output.isNull() ? output : QByteArray::fromHex(output.trimmed().split(' ').last());
}

QByteArray runPython(const QStringList &arguments, const QString &databaseUrl, QString *fault)
{
    QProcess python;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"SQLALCHEMY_DATABASE_URI"_s, databaseUrl);
    environment.insert(u"PYTHONDONTWRITEBYTECODE"_s, u"1"_s);
    environment.remove(u"REDIS_HOST"_s);
    environment.remove(u"CELERY_BROKER_URL"_s);
    environment.remove(u"LD_PRELOAD"_s); // a sanitizer's, if there is one: not for Python
    python.setProcessEnvironment(environment);
    python.start(u"/usr/bin/python3"_s, QStringList{peerFile(arguments.first())} + arguments.mid(1));
    if (!python.waitForFinished(60'000) || python.exitStatus() != QProcess::NormalExit || python.exitCode() != 0) {
        *fault = u"python3 "_s + arguments.join(u' ') + u": "_s
            + QString::fromUtf8(python.readAllStandardError().right(2000));
        python.kill();
        return {};
    }
    const QByteArray output = python.readAllStandardOutput();
    return output.isNull() ? QByteArray("") : output;
}

QString missingForPeer()
{
    const QList<QPair<QString, QString>> needed = {{u"flask"_s, u"python3-flask"_s},
                                                   {u"flask_sqlalchemy"_s, u"python3-flask-sqlalchemy"_s},
                                                   {u"sqlalchemy_utils"_s, u"python3-sqlalchemy-utils"_s}};
    for (const auto &[module, package] : needed) {
        if (QProcess::execute(
                u"/usr/bin/python3"_s,
                {u"-c"_s, u"import importlib.util, sys; sys.exit(not importlib.util.find_spec('%1'))"_s.arg(module)})
            != 0)
            return package;
    }
    return {};
}

} // namespace quoin::test
