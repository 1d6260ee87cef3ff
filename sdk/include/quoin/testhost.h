// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/abi.h>
#include <quoin/database.h>
#include <quoin/plugin.h>
#include <quoin/result.h>
#include <quoin/tasks.h>

#include <chrono>
#include <memory>

#define QUOIN_TESTHOST_EXPORT __attribute__((visibility("default")))

namespace quoin {

/// What a client got for one request, as it would have come over the network. A value.
struct TestResponse
{
    int status = 0;     ///< 0: there was no answer, see failure.
    HeaderList headers; ///< In the order sent, with those of the host (Date, X-Request-Id, ...).
    QByteArray body;    ///< Decoded of its framing; all pieces of a streamed one.
    QString failure;    ///< Why the answer is missing or was cut off; empty: it is whole.

    /// The first header of that name, case-insensitive; null without one.
    QByteArray header(QByteArrayView name) const
    {
        for (const auto &[key, value] : headers) {
            if (key.compare(name, Qt::CaseInsensitive) == 0)
                return value;
        }
        return {};
    }
};

/// One task: a row of the queue, or one attempt that runTasks() ran. A value.
struct TestTask
{
    qint64 id = 0;
    QString name;
    QByteArray arguments; ///< The JSON array as pushed.
    int attempt = 0;      ///< How many have begun.
    QString state;        ///< "ready", "scheduled", "done", "dead" or "cancelled".
    QString error;        ///< Of the latest failed attempt; empty if there was none.
    MicrosecondTime due;  ///< Of a scheduled one.
};

/// Runs one plugin inside its own test program, by the code of the server itself: describe() is checked, migrations are
/// applied to a database of its own (SQLite, in a temporary folder that goes with this object), requests pass the
/// parser, the limits, the router and the thread pool, tasks go through the queue. Nothing listens and nothing is
/// dlopened, so that a debugger steps from the test into the handler.
///
///     void OrdersTest::anOrderIsFoundAgain()
///     {
///         Orders orders;
///         quoin::TestHost host;
///         QVERIFY2(host.start(orders), host.fault());
///         QCOMPARE(host.request("POST", "/orders", R"({"item":"tea"})").status, 201);
///         QCOMPARE(host.request("GET", "/orders/1").body, R"({"id":1,"item":"tea"})");
///         QCOMPARE(host.runTasks().size(), 1);
///     }
///
/// quoin_add_plugin(... TESTS ...) links what it needs. One thread, the one of the QCoreApplication
/// (QTEST_GUILESS_MAIN makes it). The plugin is lent and outlives the host: declare it
/// first.
class QUOIN_TESTHOST_EXPORT TestHost
{
public:
    TestHost();
    ~TestHost(); ///< stop(), and nothing is left behind.
    TestHost(const TestHost &) = delete;
    TestHost &operator=(const TestHost &) = delete;

    // ---- Before start() -------------------------------------------------------------------------------------------

    /// A setting as an operator would write it: one of the plugin's by its name ("currency"), or one of the host's by
    /// its key ("http.max_body").
    void set(const QString &name, const QString &text);

    /// Keeps the events of this name that are published from start() on; see heard().
    void listen(const QString &event);

    // ---- Life -----------------------------------------------------------------------------------------------------

    /// All the way from describe() to a started plugin. The Error is what an operator would read in the log: everything
    /// that is wrong with the description, a setting that is not valid, a migration that failed, or why start()
    /// refused; the plugin is stopped again then. After stop() it may be started again, or its successor, on the same
    /// database and folder.
    /// metadataFile: the JSON file that quoin_add_plugin() makes.
    Result<> start(Plugin &plugin, const QString &metadataFile);
#ifdef QUOIN_PLUGIN_METADATA
    /// The plugin of the quoin_add_plugin() that this test belongs to.
    Result<> start(Plugin &plugin) { return start(plugin, QStringLiteral(QUOIN_PLUGIN_METADATA)); }
#endif
    /// Waits for what still runs, then stops the plugin. Nothing if it is not started.
    void stop();

    /// Why the latest start() failed, for QVERIFY2; empty if it did not. Valid until the next start().
    const char *fault() const;

    // ---- Requests -------------------------------------------------------------------------------------------------

    /// Sends a request and turns the event loop until its answer is there, at the latest when the route's deadline has
    /// made it a 504. target: path and query, percent-encoded. Host and Content-Length are added unless they are given.
    TestResponse request(const QByteArray &method, const QByteArray &target, const QByteArray &body = {},
                         const HeaderList &headers = {});

    // ---- Tasks and events -----------------------------------------------------------------------------------------

    /// Runs every task that is due, and what these push, one after another on a task thread, and turns the event loop
    /// meanwhile. Each attempt in the order in which they ended. Retries and tasks for later wait: see advance().
    /// Between calls no task runs.
    QList<TestTask> runTasks();

    /// Sets the clock of the queue forward. Nothing is run by it.
    void advance(std::chrono::milliseconds by);
    /// The clock of the queue: this machine's, and what it was set forward by.
    MicrosecondTime now() const;

    /// All tasks, also those that are over, in the order in which they were pushed.
    QList<TestTask> tasks() const;

    /// Pushes a task from outside, by its name or an alias of it. Its id.
    Result<qint64> push(const QString &task, const QByteArray &arguments, const PushOptions &options = {});

    /// Publishes an event as another plugin would: each of the plugin's subscriptions to it becomes a task.
    Result<> publish(const QString &event, const QByteArray &arguments);

    /// The arguments of each event of a listen()ed name, as JSON arrays, in order. One whose transaction was rolled
    /// back never happened and is not among them.
    QList<QByteArray> heard(const QString &event) const;

    // ---- Surroundings ---------------------------------------------------------------------------------------------

    /// The plugin's database, to prepare or to look into. Valid from start() to stop().
    Database database() const;

    /// While it is away every job fails as Unavailable, as if its server had gone: for the 503s.
    void setDatabaseAway(bool away);

    QString dataDirectory() const;       ///< The temporary data.dir.
    QString pluginDataDirectory() const; ///< As the plugin's Services::pluginDataDirectory() says. After start().

private:
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace quoin
