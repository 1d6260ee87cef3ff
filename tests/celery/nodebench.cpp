// SPDX-License-Identifier: GPL-3.0-only
#include "nodebench.h"

#include "testground.h"

#include <QJsonDocument>
#include <QUuid>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

CeleryGround::CeleryGround()
{
    if (!server.start())
        qFatal("Redis does not start: %s", server.log().constData());
}

CeleryGround::~CeleryGround() = default;

void CeleryGround::reset(const QString &dialect)
{
    if (!server.isRunning() && !server.restart(test::RedisServer::Data::Drop))
        qFatal("Redis does not start: %s", server.log().constData());
    redis({u"FLUSHALL"_s});
    m_database.reset();
    m_databaseUrl = TestGround::makeUrl(dialect);
    m_database = openDatabase(m_databaseUrl);
}

CeleryOptions CeleryGround::options() const
{
    CeleryOptions options;
    options.broker = *redis::Url::parse(server.url());
    options.results = options.broker;
    options.aliveFor = 2s;
    options.patience = 200ms;
    options.leniency = 300ms;
    return options;
}

QString CeleryGround::push(Outgoing message)
{
    if (message.id.isEmpty())
        message.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const auto made = publication(message);
    if (!made)
        qFatal("%s", qPrintable(made.error().message()));
    redis({u"LPUSH"_s, QString::fromUtf8(made->key), QString::fromUtf8(made->envelope)});
    return message.id;
}

void CeleryGround::push(const QList<Outgoing> &messages)
{
    QHash<QString, QStringList> lists;
    for (const Outgoing &message : messages) {
        const auto made = publication(message);
        if (!made)
            qFatal("%s", qPrintable(made.error().message()));
        lists[QString::fromUtf8(made->key)] += QString::fromUtf8(made->envelope);
    }
    constexpr qsizetype atOnce = 100; // as much as a command line takes
    for (auto list = lists.cbegin(); list != lists.cend(); ++list) {
        for (qsizetype i = 0; i < list->size(); i += atOnce)
            redis(QStringList{u"LPUSH"_s, list.key()} + list->mid(i, atOnce));
    }
}

QString CeleryGround::push(const QString &task, const QByteArray &args, const QByteArray &queue)
{
    Outgoing message;
    message.task = task;
    message.args = args;
    message.queue = queue;
    return push(message);
}

QJsonObject CeleryGround::result(const QString &id) const
{
    return QJsonDocument::fromJson(redis({u"GET"_s, u"celery-task-meta-"_s + id})).object();
}

QString CeleryGround::status(const QString &id) const { return result(id).value(u"status"_s).toString(); }

qint64 CeleryGround::length(const QString &list) const { return redis({u"LLEN"_s, list}).toLongLong(); }

QByteArray CeleryGround::leftovers() const
{
    const QString look = uR"(
local owned = 0
for _, key in ipairs(redis.call('KEYS', 'quoin:owned:*')) do owned = owned + redis.call('HLEN', key) end
return redis.call('HLEN', 'unacked') .. '/' .. redis.call('ZCARD', 'unacked_index') .. '/' .. owned)"_s;
    return redis({u"EVAL"_s, look, u"0"_s});
}

qint64 CeleryGround::messages() const
{
    const QString look = uR"(
local sum = redis.call('HLEN', 'unacked')
for _, queue in ipairs({'celery', 'quoin'}) do
    sum = sum + redis.call('LLEN', queue) + redis.call('ZCARD', 'quoin:delayed:' .. queue)
end
return sum)"_s;
    bool isNumber = false;
    const qint64 sum = redis({u"EVAL"_s, look, u"0"_s}).toLongLong(&isNumber);
    return isNumber ? sum : -1;
}

QByteArray CeleryGround::value(const QString &sql, const QVariantList &values) const
{
    const auto result = Database(m_database.get())
                            .read([=](Connection &connection) -> Result<QByteArray> {
                                auto rows = connection.query(sql, values);
                                if (!rows)
                                    return rows.error();
                                return rows->next() ? rows->text(0) : QByteArray();
                            })
                            .result();
    if (!result)
        qWarning("query: %s", qPrintable(result.error().message()));
    return result ? *result : QByteArray("?");
}

void CeleryGround::execute(const QString &sql, const QVariantList &values) const
{
    const auto done = Database(m_database.get())
                          .write([=](Connection &connection) { return connection.execute(sql, values); })
                          .result();
    if (!done)
        qFatal("execute: %s", qPrintable(done.error().message()));
}

QByteArray CeleryGround::state(const QString &id) const
{
    return value(u"SELECT state || ' ' || attempt FROM task WHERE message = ?"_s, {id});
}

NodeBench::NodeBench(const CeleryGround &ground, const TaskSet &taskSet, const CeleryOptions &options)
    : tasks(taskSet)
    , database(openDatabase(ground.databaseUrl()))
    , queue(database.get(), tasks.catalogue(), options)
{
}
