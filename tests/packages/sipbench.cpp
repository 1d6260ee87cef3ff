// SPDX-License-Identifier: GPL-3.0-only
#include "sipbench.h"

#include <QDir>

#include <semaphore> // not QSemaphore: ThreadSanitizer does not see into a stock Qt

using namespace Qt::StringLiterals;

namespace sip {

namespace {

namespace abi = quoin::abi;

/// A request that counts who holds it, so that one that is kept outlives its call.
class BenchRequest final : public abi::Request
{
public:
    BenchRequest(const QByteArray &method, qint64 id, const quoin::HeaderList &headers)
        : m_method(method)
        , m_id(QByteArray::number(id))
        , m_headers(headers)
    {
    }
    void retain() const noexcept override { ++m_count; }
    void release() const noexcept override
    {
        if (--m_count == 0)
            delete this;
    }
    QByteArray method() const override { return m_method; }
    QByteArray target() const override { return "/"; }
    QByteArray path() const override { return "/"; }
    QByteArray query() const override { return {}; }
    QByteArray header(QByteArrayView name) const override
    {
        for (const quoin::Header &header : m_headers) {
            if (name.compare(header.first, Qt::CaseInsensitive) == 0)
                return header.second;
        }
        return {};
    }
    quoin::HeaderList headers() const override { return m_headers; }
    QByteArray body() const override { return {}; }
    QByteArray id() const override { return "bench"; }
    QByteArray peer() const override { return "127.0.0.1"; }
    QByteArray capture(int) const override { return m_id; }
    bool isCancelled() const override { return false; }
    bool checkJson(qint64 *, QString *) const override { return false; }

private:
    QByteArray m_method;
    QByteArray m_id;
    quoin::HeaderList m_headers;
    mutable std::atomic<int> m_count = 1;
};

struct Outcome
{
    Reply reply;
    std::unique_ptr<abi::BodySource> source;
    std::binary_semaphore done{0};
};

class BenchReply final : public abi::Reply
{
public:
    explicit BenchReply(Outcome *outcome)
        : m_outcome(outcome)
    {
    }
    void send(int status, const quoin::HeaderList &headers, const QByteArray &body) override
    {
        finish(status, headers, body);
    }
    void stream(int status, const quoin::HeaderList &headers, qint64 length, abi::BodySource *owned) override
    {
        m_outcome->reply.length = length;
        m_outcome->source.reset(owned);
        finish(status, headers, {});
    }
    void problem(int status, const quoin::HeaderList &headers, const QString &detail) override
    {
        finish(status, headers, detail.toUtf8());
    }
    void error(int kind, const QString &message) override
    {
        const std::array statuses{0, 400, 404, 409, 503, 500};
        finish(statuses[static_cast<std::size_t>(kind)], {}, message.toUtf8());
    }

private:
    void finish(int status, const quoin::HeaderList &headers, const QByteArray &body)
    {
        m_outcome->reply.status = status;
        m_outcome->reply.body = body;
        for (const quoin::Header &header : headers)
            m_outcome->reply.headers.insert(header.first, header.second);
        m_outcome->done.release();
    }
    Outcome *m_outcome;
};

/// One piece of a stream; ends the waiting whatever becomes of it.
class BenchPiece final : public abi::Piece
{
public:
    BenchPiece(QByteArray *body, bool *more, std::binary_semaphore *done)
        : m_body(body)
        , m_more(more)
        , m_done(done)
    {
    }
    ~BenchPiece() override { m_done->release(); }
    void bytes(const QByteArray &bytes) override
    {
        m_body->append(bytes);
        *m_more = true;
    }
    void end() override { }
    void fail(const QString &reason) override { m_body->append("FAILED: " + reason.toUtf8()); }

private:
    QByteArray *m_body;
    bool *m_more;
    std::binary_semaphore *m_done;
};

void pullAll(Outcome &outcome)
{
    for (bool more = true; more;) {
        more = false;
        std::binary_semaphore done{0};
        outcome.source->pull(new BenchPiece(&outcome.reply.body, &more, &done));
        done.acquire();
        outcome.reply.pieces += more ? 1 : 0;
    }
}

class BenchRun final : public abi::TaskRun
{
public:
    BenchRun(const QString &name, const QByteArrayList &arguments, qint64 created, const std::atomic<bool> &stop)
        : m_name(name)
        , m_arguments(arguments)
        , m_created(created)
        , m_stop(stop)
    {
    }
    qint64 id() const override { return 1; }
    QString name() const override { return m_name; }
    int attempt() const override { return 1; }
    qint64 createdMicroseconds() const override { return m_created; }
    int argumentCount() const override { return static_cast<int>(m_arguments.size()); }
    QByteArray argument(int index) const override { return m_arguments[index]; }
    bool isStopRequested() const override { return m_stop; }

private:
    QString m_name;
    QByteArrayList m_arguments;
    qint64 m_created;
    const std::atomic<bool> &m_stop;
};

/// What became of each run of a batch: empty is success.
class BenchOutcomes final : public abi::BatchOutcomes
{
public:
    explicit BenchOutcomes(qsizetype runs)
        : words(runs, u"nothing was told"_s)
    {
    }
    virtual ~BenchOutcomes() = default;
    void succeed(int index) override { words[index] = QString(); }
    void fail(int index, const quoin::Error &error) override { words[index] = error.message(); }

    QStringList words;
};

} // namespace

SipBench::SipBench(const QString &dialect, const QVariantMap &settings)
    : m_settings(settings)
    , m_database(dialect)
{
    const auto set = [this](const QString &key, const QVariant &value) {
        if (!m_settings.contains(key))
            m_settings.insert(key, value);
    };
    set(u"directory"_s, m_folder.filePath(u"sips"_s));
    set(u"format"_s, u"bag"_s);
    set(u"fixity_interval"_s, qint64(30) * 24 * 3600 * 1000);

    quoin::Registry registry(this, &m_plugin);
    m_plugin.describe(registry);
    if (const auto migrated = m_database.database().migrate(m_migrations); !migrated)
        qFatal("%s", qPrintable(migrated.error().message()));
}

SipBench::~SipBench() { m_plugin.stop(); }

quoin::Result<> SipBench::start()
{
    quoin::Services services(this);
    return m_plugin.start(services);
}

void SipBench::stop() { m_plugin.stop(); }

void *SipBench::find(const char *interface)
{
    if (QByteArrayView(interface) == QByteArrayView(abi::Database::name))
        return static_cast<abi::Database *>(&m_database.database());
    if (QByteArrayView(interface) == QByteArrayView(abi::Tasks::name))
        return static_cast<abi::Tasks *>(this);
    return nullptr;
}

abi::RouteDetails *SipBench::addRoute(const QByteArray &, const QString &pattern, const QList<QByteArray> &,
                                      abi::RunsOn, abi::Handler *owned)
{
    m_routes[pattern].reset(owned);
    return this;
}

void SipBench::addTask(const QString &task, int, qint64, qint64, abi::TaskHandler *owned)
{
    m_tasks[task].reset(owned);
}

void SipBench::addBatchTask(const QString &task, int, qint64, qint64, int largestBatch, abi::BatchTaskHandler *owned)
{
    m_largestBatches[task] = largestBatch;
    m_batchTasks[task].reset(owned);
}

void SipBench::addMigration(const QString &migration, const QStringList &sqlite, const QStringList &postgresql)
{
    m_migrations.append({migration, sqlite, postgresql});
}

qint64 SipBench::push(abi::Connection *, const QString &task, const QByteArray &, int, qint64 notBefore,
                      const QString &uniqueKey, quoin::Error *)
{
    const QMutexLocker lock(&m_pushMutex); // PostgreSQL has several threads that write
    m_pushes.append({task, notBefore, uniqueKey});
    return m_pushes.size();
}

Reply SipBench::get(const QString &route, qint64 id, const quoin::HeaderList &headers, const QByteArray &method)
{
    Outcome outcome;
    const auto *request = new BenchRequest(method, id, headers);
    m_routes.at(route)->handle(request, new BenchReply(&outcome));
    request->release();
    outcome.done.acquire();
    if (outcome.source && method != "HEAD")
        pullAll(outcome);
    return std::move(outcome.reply);
}

QString SipBench::run(const QString &task, const QByteArrayList &arguments, qint64 created)
{
    const BenchRun run(task, arguments, created, isStopRequested);
    if (m_batchTasks.contains(task)) {
        BenchOutcomes outcomes(1);
        m_batchTasks.at(task)->run({&run}, &outcomes);
        return outcomes.words.first();
    }
    quoin::Error error;
    return m_tasks.at(task)->run(&run, &error) ? QString() : error.message();
}

QStringList SipBench::makeSips(const QList<QByteArrayList> &arguments, qsizetype stopped)
{
    static const std::atomic<bool> yes = true;
    static const std::atomic<bool> no = false;
    std::vector<std::unique_ptr<BenchRun>> runs;
    QList<const abi::TaskRun *> lent;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        runs.push_back(
            std::make_unique<BenchRun>(u"sip.make_sip"_s, arguments[i], defaultTime, i == stopped ? yes : no));
        lent += runs.back().get();
    }
    BenchOutcomes outcomes(lent.size());
    m_batchTasks.at(u"sip.make_sip"_s)->run(lent, &outcomes);
    return outcomes.words;
}

quoin::queue::TaskKind SipBench::kind(const QString &task) const
{
    quoin::queue::TaskKind kind;
    if (m_batchTasks.contains(task)) {
        kind.batch = m_batchTasks.at(task).get();
        kind.largestBatch = m_largestBatches.at(task);
    } else {
        kind.handler = m_tasks.at(task).get();
    }
    return kind;
}

QString SipBench::makeSip(qint64 record, const QByteArray &data, qint64 created)
{
    return run(u"sip.make_sip"_s, {QByteArray::number(record), data}, created);
}

QStringList SipBench::files() const
{
    return QDir(directory()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
}

} // namespace sip
