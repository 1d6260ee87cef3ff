// SPDX-License-Identifier: GPL-3.0-only
// Prints how fast durable inserts and list reads are here; asserts nothing. benchdatabase [sqlite | postgresql | URL]:
// a SQLite file in a temporary folder, a PostgreSQL server of its own, or an empty database of yours, in which it
// leaves its tables.
#include "../support/postgresserver.h"
#include "database/sqldatabase.h"

#include <quoin/database.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <cstdio>
#include <memory>
#include <semaphore>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::database;

namespace {

constexpr int pageRows = 1000;

/// What a POST does: two inserts, one of them with RETURNING.
class InsertJob final : public abi::Job
{
public:
    InsertJob(QString text, std::counting_semaphore<> &window, std::atomic<int> &done)
        : m_text(std::move(text))
        , m_window(window)
        , m_done(done)
    {
    }

    bool run(abi::Connection *connection) override
    {
        Connection lent(connection);
        auto rows = lent.query(u"INSERT INTO record (json) VALUES (?) RETURNING id"_s, {m_text});
        if (!rows || !rows->next())
            return false;
        const qint64 id = rows->integer(0);
        return lent
            .execute(u"INSERT INTO task (record, name, arguments) VALUES (?, ?, ?)"_s, {id, u"sip.make_sip"_s, m_text})
            .has_value();
    }

    void finish(const Error *error) override
    {
        if (error)
            std::fprintf(stderr, "%s\n", qPrintable(error->message()));
        ++m_done;
        m_window.release();
    }

private:
    const QString m_text;
    std::counting_semaphore<> &m_window;
    std::atomic<int> &m_done;
};

void benchInserts(SqlDatabase &database, int clients, int count)
{
    std::counting_semaphore<> window(clients);
    std::atomic<int> done = 0;
    const auto before = database.figures();
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < count; ++i) {
        window.acquire();
        database.write(new InsertJob(
            u"{\"title\": \"The Book of Hours of Jeanne d'Evreux\", \"year\": 1324, \"number\": %1}"_s.arg(i, 24),
            window, done));
    }
    for (int i = 0; i < clients; ++i)
        window.acquire();
    const double seconds = static_cast<double>(clock.nsecsElapsed()) / 1e9;
    const auto after = database.figures();
    std::printf("%4d at a time: %8.0f jobs/s of two inserts, mean batch %5.1f, largest %lld\n", clients,
                count / seconds,
                static_cast<double>(after.writes - before.writes)
                    / static_cast<double>(qMax(after.batches - before.batches, 1LL)),
                static_cast<long long>(after.largestBatch));
}

struct Read
{
    qint64 rows = 0;
    qint64 bytes = 0;
};

Result<qint64> readPage(Connection &connection, const QString &sql, qint64 after, Read *read)
{
    auto rows = connection.query(sql, {after, pageRows});
    if (!rows)
        return rows.error();
    qint64 last = -1;
    while (rows->next()) {
        last = rows->integer(0);
        ++read->rows;
        read->bytes += rows->text(1).size();
    }
    return last;
}

void benchReads(SqlDatabase &database, const char *what, const QString &sql)
{
    const Database jobs(&database);
    QElapsedTimer clock;
    clock.start();
    Read read;
    for (qint64 after = 0; after >= 0;) {
        auto future = jobs.read([&](Connection &connection) { return readPage(connection, sql, after, &read); });
        const auto last = future.result();
        if (!last) {
            std::fprintf(stderr, "%s\n", qPrintable(last.error().message()));
            return;
        }
        after = *last;
    }
    const double seconds = static_cast<double>(clock.nsecsElapsed()) / 1e9;
    std::printf("%-10s %8.0f rows/s of %lld bytes, in pages of %d\n", what, static_cast<double>(read.rows) / seconds,
                static_cast<long long>(read.bytes / qMax(read.rows, 1LL)), pageRows);
}

MigrationStep tables()
{
    return {u"bench/0001"_s,
            {u"CREATE TABLE record (id INTEGER PRIMARY KEY AUTOINCREMENT, json TEXT)"_s,
             u"CREATE TABLE task (id INTEGER PRIMARY KEY, record INTEGER, name TEXT, arguments TEXT)"_s},
            {u"CREATE TABLE record (id SERIAL PRIMARY KEY, json JSON)"_s,
             u"CREATE TABLE task (id BIGSERIAL PRIMARY KEY, record BIGINT, name TEXT, arguments TEXT)"_s}};
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTemporaryDir folder;
    PostgresServer server;
    QString text = app.arguments().value(1, u"sqlite"_s);
    if (text == u"sqlite") {
        text = "sqlite:///"_L1 + folder.filePath(u"bench.db"_s);
    } else if (text == u"postgresql") {
        if (!server.start(PostgresServer::Listen::Socket, PostgresServer::Durable::Yes)
            || !server.createDatabase(u"bench"_s))
            qFatal("%s", server.log().constData());
        text = server.url(u"bench"_s);
    }
    const auto url = DatabaseUrl::parse(text);
    if (!url)
        qFatal("%s", qPrintable(url.error().message()));
    SqlDatabase database(*url);
    Result<> ready = database.open();
    if (ready)
        ready = database.migrate({tables()});
    if (!ready)
        qFatal("%s", qPrintable(ready.error().message()));

    for (const int clients : {1, 4, 16, 32, 64})
        benchInserts(database, clients, clients * 1000);
    benchInserts(database, 256, 100000);
    const bool isSqlite = database.dialect() == Dialect::Sqlite;
    benchReads(database, "text", u"SELECT id, json FROM record WHERE id > ? ORDER BY id LIMIT ?"_s);
    benchReads(database, "as bytes",
               isSqlite ? u"SELECT id, CAST(json AS BLOB) FROM record WHERE id > ? ORDER BY id LIMIT ?"_s
                        : u"SELECT id, convert_to(json::text, 'UTF8') FROM record WHERE id > ? ORDER BY id LIMIT ?"_s);
    return 0;
}
