// SPDX-License-Identifier: MIT
#pragma once

// What crosses between the host and a plugin, and nothing else: pure virtual interfaces and Qt core value types.
// Plugin authors do not use this header; the classes of the other headers wrap it.
//
// Rules (they keep a plugin built with SDK 0.x loading in a host of any later 0.y):
//   * append-only: a new function goes to the end of its interface, or into a new interface with a new versioned name;
//   * no overloads, no default arguments, no data members, no templates, no std types, no exceptions;
//   * whoever allocates frees: `owned` parameters are deleted by the callee through their virtual destructor.

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>
#include <QList>
#include <QPair>
#include <QString>
#include <QVariant>

class QLoggingCategory;
class QThreadPool;

namespace quoin {

using Header = QPair<QByteArray, QByteArray>;
using HeaderList = QList<Header>;

/// The SQL dialect of the database at hand.
enum class Dialect : int { Sqlite = 1, Postgresql = 2 };

namespace abi {

// ---- HTTP ---------------------------------------------------------------------------------------------------------

/// One request, complete and immutable. Counted by reference, so that it may outlive its socket. Any thread.
class Request
{
public:
    virtual void retain() const noexcept = 0;
    virtual void release() const noexcept = 0;
    virtual QByteArray method() const = 0;
    virtual QByteArray target() const = 0; ///< As received, such as "/record?limit=2".
    virtual QByteArray path() const = 0;   ///< As received, up to the query: still percent-encoded.
    virtual QByteArray query() const = 0;  ///< What follows '?', still percent-encoded; null without one.
    virtual QByteArray header(
        QByteArrayView name) const = 0;     ///< Case-insensitive; several are joined by ", "; null if absent.
    virtual HeaderList headers() const = 0; ///< In the order received.
    virtual QByteArray body() const = 0;
    virtual QByteArray id() const = 0;               ///< The request id of the log and of X-Request-Id.
    virtual QByteArray peer() const = 0;             ///< The client's address without the port.
    virtual QByteArray capture(int index) const = 0; ///< The index-th capture of the route, percent-decoded.
    virtual bool isCancelled()
        const = 0; ///< The client is gone, or the deadline has passed: nobody waits for the answer.
    /// Whether the body is one JSON text (RFC 8259), UTF-8, at most 512 levels deep; else fills the byte offset and the
    /// sentence.
    virtual bool checkJson(qint64 *offset, QString *fault) const = 0;

protected:
    ~Request() = default;
};

/// Takes one piece of a pulled body; exactly one call, from any thread, then it is deleted by its holder.
/// Deleted without a call, the stream fails and the connection is closed, so that the client sees the truncation.
class Piece
{
public:
    virtual ~Piece() = default;
    virtual void bytes(const QByteArray &bytes) = 0; ///< Not empty.
    virtual void end() = 0;
    virtual void fail(const QString &reason) = 0;
};

/// A body that is asked for its next piece when the socket has drained. pull() is called on the event loop, never twice
/// at a time.
class BodySource
{
public:
    virtual ~BodySource() = default;
    virtual void pull(Piece *owned) = 0;
};

/// Where the answer goes. Exactly one call, from any thread, then it is deleted by its holder.
/// Deleted without a call, the client gets a 500.
class Reply
{
public:
    virtual ~Reply() = default;
    virtual void send(int status, const HeaderList &headers, const QByteArray &body) = 0;
    /// length in bytes, or -1 when unknown (chunked).
    virtual void stream(int status, const HeaderList &headers, qint64 length, BodySource *owned) = 0;
    /// problem+json (RFC 9457); detail goes to the client.
    virtual void problem(int status, const HeaderList &headers, const QString &detail) = 0;
    /// problem+json by ErrorKind; the message of Internal goes to the log only.
    virtual void error(int kind, const QString &message) = 0;
};

class Handler
{
public:
    virtual ~Handler() = default;
    virtual void handle(const Request *request, Reply *owned) = 0;
};

enum class RunsOn : int { Pool = 1, Loop = 2 };

/// What is optional about a route. Owned by the registry, valid during describe().
class RouteDetails
{
public:
    virtual void setSummary(const QString &summary) = 0;
    virtual void setScope(const QString &scope) = 0;
    virtual void setDeadline(qint64 milliseconds) = 0;
    virtual void setBodyLimit(qint64 bytes) = 0;

protected:
    ~RouteDetails() = default;
};

// ---- Database -----------------------------------------------------------------------------------------------------

/// Rows of one statement, forward only, on the thread of its connection. released before the job ends.
class Cursor
{
public:
    virtual void release() noexcept = 0;
    virtual bool next() = 0; ///< False at the end and on failure; failure() tells which.
    virtual bool isNull(int column) = 0;
    virtual qint64 integer(int column) = 0;
    virtual QByteArray text(int column) = 0; ///< UTF-8; null for SQL NULL.
    virtual QVariant value(int column) = 0;
    virtual bool failure(Error *error) const = 0;

protected:
    ~Cursor() = default;
};

class Connection
{
public:
    virtual Dialect dialect() const = 0;
    /// Null on failure, with *error filled.
    virtual Cursor *query(const QString &sql, const QVariantList &values, Error *error) = 0;
    /// The number of rows changed, or -1 on failure with *error filled.
    virtual qint64 execute(const QString &sql, const QVariantList &values, Error *error) = 0;

protected:
    ~Connection() = default;
};

/// A unit of database work. run() may be called again after a rollback; then finish() is called exactly once.
class Job
{
public:
    virtual ~Job() = default;
    virtual bool run(Connection *connection) = 0; ///< False: roll back. Database thread.
    virtual void finish(const Error *error) = 0;  ///< Null: run() returned true and, for a write, COMMIT succeeded.
};

class Database
{
public:
    static constexpr const char *name = "quoin.Database/1";
    virtual Dialect dialect() const = 0;
    virtual void read(Job *owned) = 0;
    virtual void write(Job *owned) = 0;

protected:
    ~Database() = default;
};

// ---- Tasks, events, counters --------------------------------------------------------------------------------------

/// One attempt at a task. Valid during TaskHandler::run(). Any thread.
class TaskRun
{
public:
    virtual qint64 id() const = 0;
    virtual QString name() const = 0;
    virtual int attempt() const = 0; ///< 1 for the first.
    virtual qint64 createdMicroseconds()
        const = 0; ///< When the task was pushed, since 1970 UTC; the same in every attempt.
    virtual int argumentCount() const = 0;
    virtual QByteArray argument(int index) const = 0; ///< The JSON text of one argument, exactly as pushed.
    virtual bool isStopRequested() const = 0;         ///< The time limit has passed or the host drains.

protected:
    ~TaskRun() = default;
};

class TaskHandler
{
public:
    virtual ~TaskHandler() = default;
    virtual bool run(const TaskRun *run, Error *error) = 0; ///< False: a failed attempt. A task thread.
};

/// Takes the outcome of each run of a batch, by its index in the list. Valid during BatchTaskHandler::run(), on its
/// thread. The first word on a run counts; a run that nothing is told of has failed.
class BatchOutcomes
{
public:
    virtual void succeed(int index) = 0;
    virtual void fail(int index, const Error &error) = 0;

protected:
    ~BatchOutcomes() = default;
};

class BatchTaskHandler
{
public:
    virtual ~BatchTaskHandler() = default;
    virtual void run(const QList<const TaskRun *> &runs, BatchOutcomes *outcomes) = 0; ///< At least one. A task thread.
};

class Tasks
{
public:
    static constexpr const char *name = "quoin.Tasks/1";
    /// Writes the task in the transaction of the connection's job; its id, or -1 with *error filled.
    /// arguments is the text of a JSON array. notBefore in microseconds since 1970 UTC, 0 for now. uniqueKey null for
    /// none.
    virtual qint64 push(Connection *connection, const QString &task, const QByteArray &arguments, int priority,
                        qint64 notBefore, const QString &uniqueKey, Error *error)
        = 0;
    /// Since 1.2. Where others take tasks from the queue, too: the name under which they know this one. During start().
    /// False with *error filled.
    virtual bool publishAs(const QString &task, const QString &publishedName, Error *error) = 0;

protected:
    ~Tasks() = default;
};

class Events
{
public:
    static constexpr const char *name = "quoin.Events/1";
    /// Pushes a task for each subscription to the event, in the transaction of the connection's job. False with *error
    /// filled.
    virtual bool publish(Connection *connection, const QString &event, const QByteArray &arguments, Error *error) = 0;
    /// Since 1.2. The same for each of many, in few statements.
    virtual bool publishEach(Connection *connection, const QString &event, const QByteArrayList &arguments,
                             Error *error)
        = 0;

protected:
    ~Events() = default;
};

/// Takes the outcome of one increment; exactly one call, any thread, then deleted by its holder.
class CountReceiver
{
public:
    virtual ~CountReceiver() = default;
    virtual void counted(qint64 value) = 0;
    virtual void failed(const Error &error) = 0;
};

class Counters
{
public:
    static constexpr const char *name = "quoin.Counters/1";
    virtual void increment(const QString &counter, CountReceiver *owned) = 0;

protected:
    ~Counters() = default;
};

// ---- The host -----------------------------------------------------------------------------------------------------

/// What describe() writes into.
class Registry
{
public:
    /// captureTypes: one of "integer", "string" for each capture the handler takes after the request.
    virtual RouteDetails *addRoute(const QByteArray &method, const QString &pattern,
                                   const QList<QByteArray> &captureTypes, RunsOn where, Handler *owned)
        = 0;
    virtual void addTask(const QString &name, int attempts, qint64 firstDelayMilliseconds, qint64 timeLimitMilliseconds,
                         TaskHandler *owned)
        = 0;
    virtual void addTaskAlias(const QString &alias, const QString &name) = 0;
    virtual void addSubscription(const QString &event, const QString &task) = 0;
    virtual void addMigration(const QString &name, const QStringList &sqlite, const QStringList &postgresql) = 0;
    /// Since 1.2.
    virtual void addBatchTask(const QString &name, int attempts, qint64 firstDelayMilliseconds,
                              qint64 timeLimitMilliseconds, int largestBatch, BatchTaskHandler *owned)
        = 0;
    /// Since 1.2. The names of a task's arguments, in their order; after the task.
    virtual void setTaskParameters(const QString &task, const QStringList &parameters) = 0;

protected:
    ~Registry() = default;
};

/// What one plugin is given at start(); lives until after its stop().
class Services
{
public:
    virtual void *find(const char *name)
        = 0; ///< An interface of the host by its versioned name; null: not offered here.
    virtual QVariant setting(const QString &key) const = 0; ///< key without the plugin's prefix; invalid: no such key.
    virtual QString dataDirectory() const = 0;              ///< The host's data.dir, absolute; exists.
    virtual QString pluginDataDirectory() const = 0;        ///< <data.dir>/plugins/<id>, absolute, mode 0700; exists.
    virtual const QLoggingCategory *log() const = 0;        ///< "quoin.plugin.<id>"
    virtual QThreadPool *pool() const = 0;                  ///< The pool of blocking handlers.
    virtual bool isStopping() const = 0;

protected:
    ~Services() = default;
};

} // namespace abi
} // namespace quoin
