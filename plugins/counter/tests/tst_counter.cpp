// SPDX-License-Identifier: GPL-3.0-only
#include "counter.h"

#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace {

/// Hands out numbers, or fails, as a test wants it.
class CountersDouble final : public quoin::abi::Counters
{
public:
    void increment(const QString &counter, quoin::abi::CountReceiver *owned) override
    {
        const std::unique_ptr<quoin::abi::CountReceiver> receiver(owned);
        if (isAway)
            receiver->failed(quoin::Error::unavailable(u"the counter is away"_s));
        else
            receiver->counted(++values[counter]);
    }

    QHash<QString, qint64> values;
    bool isAway = false;
};

class ServicesDouble final : public quoin::abi::Services
{
public:
    void *find(const char *name) override
    {
        return QByteArrayView(name) == QByteArrayView(quoin::abi::Counters::name)
            ? static_cast<quoin::abi::Counters *>(&counters)
            : nullptr;
    }
    QVariant setting(const QString &) const override { return {}; }
    QString dataDirectory() const override { return {}; }
    QString pluginDataDirectory() const override { return {}; }
    const QLoggingCategory *log() const override { return nullptr; }
    QThreadPool *pool() const override { return nullptr; }
    bool isStopping() const override { return false; }

    CountersDouble counters;
};

/// Keeps the one route that describe() adds.
class RegistryDouble final : public quoin::abi::Registry, public quoin::abi::RouteDetails
{
public:
    quoin::abi::RouteDetails *addRoute(const QByteArray &method, const QString &pattern, const QList<QByteArray> &,
                                       quoin::abi::RunsOn where, quoin::abi::Handler *owned) override
    {
        routes.append(QString::fromLatin1(method) + u' ' + pattern);
        runsOn = where;
        handler.reset(owned);
        return this;
    }
    void addTask(const QString &, int, qint64, qint64, quoin::abi::TaskHandler *owned) override { delete owned; }
    void addTaskAlias(const QString &, const QString &) override { }
    void addSubscription(const QString &, const QString &) override { }
    void addMigration(const QString &, const QStringList &, const QStringList &) override { }
    void setSummary(const QString &) override { }
    void setScope(const QString &) override { }
    void setDeadline(qint64) override { }
    void setBodyLimit(qint64) override { }

    QStringList routes;
    quoin::abi::RunsOn runsOn = quoin::abi::RunsOn::Pool;
    std::unique_ptr<quoin::abi::Handler> handler;
};

class RequestDouble final : public quoin::abi::Request
{
public:
    void retain() const noexcept override { }
    void release() const noexcept override { }
    QByteArray method() const override { return "GET"; }
    QByteArray target() const override { return "/"; }
    QByteArray path() const override { return "/"; }
    QByteArray query() const override { return {}; }
    QByteArray header(QByteArrayView) const override { return {}; }
    quoin::HeaderList headers() const override { return {}; }
    QByteArray body() const override { return {}; }
    QByteArray id() const override { return "test"; }
    QByteArray peer() const override { return "127.0.0.1"; }
    QByteArray capture(int) const override { return {}; }
    bool isCancelled() const override { return false; }
    bool checkJson(qint64 *, QString *) const override { return false; }
};

struct Answer
{
    int status = 0;
    QByteArray contentType;
    QByteArray body;
    int errorKind = 0;
};

class ReplyDouble final : public quoin::abi::Reply
{
public:
    explicit ReplyDouble(Answer *answer)
        : m_answer(answer)
    {
    }
    void send(int status, const quoin::HeaderList &headers, const QByteArray &body) override
    {
        m_answer->status = status;
        m_answer->contentType = headers.value(0).second;
        m_answer->body = body;
    }
    void stream(int, const quoin::HeaderList &, qint64, quoin::abi::BodySource *owned) override { delete owned; }
    void problem(int status, const quoin::HeaderList &, const QString &) override { m_answer->status = status; }
    void error(int kind, const QString &) override { m_answer->errorKind = kind; }

private:
    Answer *m_answer;
};

} // namespace

class TestCounter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itHasOneRouteThatNeverBlocksAThread();
    void eachVisitorSeesTheNextNumber();
    void aCounterThatIsAwayIsUnavailable();
    void itCanBeStoppedWithoutHavingStarted();

private:
    Answer visit(counter::Counter &plugin);

    ServicesDouble m_services;
};

Answer TestCounter::visit(counter::Counter &plugin)
{
    RegistryDouble collected;
    quoin::Registry registry(&collected, &plugin);
    plugin.describe(registry);
    const RequestDouble request;
    Answer answer;
    collected.handler->handle(&request, new ReplyDouble(&answer));
    return answer;
}

void TestCounter::itHasOneRouteThatNeverBlocksAThread()
{
    counter::Counter plugin;
    RegistryDouble collected;
    quoin::Registry registry(&collected, &plugin);
    plugin.describe(registry);
    QCOMPARE(collected.routes, QStringList{u"GET /"_s});
    QCOMPARE(collected.runsOn, quoin::abi::RunsOn::Loop);
}

void TestCounter::eachVisitorSeesTheNextNumber()
{
    m_services.counters.isAway = false;
    m_services.counters.values = {{u"hits"_s, 41}};
    counter::Counter plugin;
    quoin::Services services(&m_services);
    QVERIFY(plugin.start(services));

    const Answer first = visit(plugin);
    QCOMPARE(first.status, 200);
    QCOMPARE(first.contentType, QByteArray("text/plain; charset=utf-8"));
    QCOMPARE(first.body, QByteArray("I have been seen 42 times."));
    QCOMPARE(visit(plugin).body, QByteArray("I have been seen 43 times."));
    plugin.stop();
}

void TestCounter::aCounterThatIsAwayIsUnavailable()
{
    m_services.counters.isAway = true;
    counter::Counter plugin;
    quoin::Services services(&m_services);
    QVERIFY(plugin.start(services));
    QCOMPARE(visit(plugin).errorKind, static_cast<int>(quoin::ErrorKind::Unavailable));
    plugin.stop();
}

void TestCounter::itCanBeStoppedWithoutHavingStarted()
{
    counter::Counter plugin;
    plugin.stop();
    plugin.stop();
}

QTEST_GUILESS_MAIN(TestCounter)
#include "tst_counter.moc"
