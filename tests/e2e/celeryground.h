// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "peerclient.h"
#include "peerprocess.h"
#include "support/postgresserver.h"
#include "support/quoinprocess.h"
#include "support/redisserver.h"

#include <QByteArrayList>
#include <QTemporaryDir>

#include <memory>
#include <vector>

namespace quoin::test {

/// Redis, a database, a folder for packages, and whoever is put there: servers and workers of ours, gunicorn and Celery
/// of theirs. Each is a process that ends with this object. One thread.
class CeleryGround
{
public:
    enum class Database { Sqlite, Postgresql };

    CeleryGround();
    ~CeleryGround();
    Q_DISABLE_COPY(CeleryGround)

    /// What Debian package is missing; empty if nothing is.
    static QString missing();

    bool start(Database database = Database::Sqlite, const QStringList &redisArguments = {});

    /// Not started yet: `quoin worker` with a task node of that name, and `quoin serve`, which runs no tasks. The
    /// caller may still set what it likes.
    QuoinProcess &ourWorker(const QString &name = QStringLiteral("ours"));
    QuoinProcess &ourServer(const QString &name = QStringLiteral("server"));
    /// Not started yet: startWorker(), startWeb() or runCelery() says which it is.
    PeerProcess &theirs(const QString &name = QStringLiteral("theirs"));
    /// Starts at the first call.
    PeerClient &client();

    RedisServer &redis() { return m_redis; }
    QString databaseUrl() const { return m_databaseUrl; }
    QString sipDirectory() const { return m_directory.filePath(QStringLiteral("sips")); }
    /// For PeerProcess and PeerClient: it names these services.
    QProcessEnvironment environment() const;

    /// Messages that wait in a queue, of all priorities.
    int waiting(const QByteArray &queue) const;
    /// What somebody has taken and not acknowledged: the text of the hash "unacked", a field or a value a line.
    QByteArray unacked() const { return m_redis.cli({QStringLiteral("HVALS"), QStringLiteral("unacked")}); }
    /// Nobody holds anything and nothing waits in the queues celery and quoin; else what does, in a sentence.
    QString whatIsLeft() const;
    /// What is in the list of dead letters.
    QByteArrayList deadLetters() const;

    /// The lines of labour.note and its likes that have this word: "<time> <what> <id> <attempt> <text>".
    QByteArrayList notes(const QByteArray &what = {}) const;
    /// The texts of the same lines.
    QByteArrayList noted(const QByteArray &what = QByteArrayLiteral("note")) const;
    /// What app.note wrote.
    QByteArrayList theirNotes() const;

private:
    QuoinProcess &make(const QString &name, const QStringList &command);
    void dropPlugins() const;

    QTemporaryDir m_directory;
    RedisServer m_redis;
    std::unique_ptr<PostgresServer> m_postgres;
    QString m_databaseUrl;
    std::vector<std::unique_ptr<QuoinProcess>> m_ours;
    std::vector<std::unique_ptr<PeerProcess>> m_theirs;
    std::unique_ptr<PeerClient> m_client;
};

} // namespace quoin::test
