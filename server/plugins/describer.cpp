// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/describer.h"

#include "plugins/routepattern.h"

#include <quoin/plugin.h>

#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <deque>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

bool isName(const QString &text)
{
    static const QRegularExpression name(u"^[A-Za-z0-9_][A-Za-z0-9_.-]*\\z"_s);
    return name.match(text).hasMatch();
}

/// Takes what is optional about a route; stays where it is for as long as describe() runs.
class Details final : public abi::RouteDetails
{
public:
    virtual ~Details() = default;
    void setSummary(const QString &text) override { route.summary = text; }
    void setScope(const QString &text) override { route.scope = text; }
    void setDeadline(qint64 milliseconds) override { route.deadline = std::chrono::milliseconds(milliseconds); }
    void setBodyLimit(qint64 bytes) override { route.bodyLimit = bytes; }

    DeclaredRoute route;
};

/// Collects, and checks each thing when it comes; finish() checks what concerns several.
class Collector final : public abi::Registry
{
public:
    explicit Collector(const QString &id)
        : m_id(id)
    {
    }
    virtual ~Collector() = default;

    abi::RouteDetails *addRoute(const QByteArray &method, const QString &pattern, const QList<QByteArray> &captureTypes,
                                abi::RunsOn where, abi::Handler *owned) override;
    void addTask(const QString &name, int attempts, qint64 firstDelayMilliseconds, qint64 timeLimitMilliseconds,
                 abi::TaskHandler *owned) override;
    void addBatchTask(const QString &name, int attempts, qint64 firstDelayMilliseconds, qint64 timeLimitMilliseconds,
                      int largestBatch, abi::BatchTaskHandler *owned) override;
    void setTaskParameters(const QString &task, const QStringList &parameters) override;
    void addTaskAlias(const QString &alias, const QString &name) override;
    void addSubscription(const QString &event, const QString &task) override;
    void addMigration(const QString &name, const QStringList &sqlite, const QStringList &postgresql) override;

    void fault(const QString &reason) { m_faults.append(reason); }
    Result<Description> finish();

private:
    void checkRoute(const DeclaredRoute &route, const QString &shape);
    void keepTask(DeclaredTask task);
    void checkOnce(const QString &what);
    void checkReferences();

    const QString m_id;
    std::deque<Details> m_routes; // a deque: plugins hold pointers to its elements
    Description m_description;
    QSet<QString> m_seen;
    QStringList m_faults;
};

void Collector::checkOnce(const QString &what)
{
    if (m_seen.contains(what))
        fault(u"%1 is declared twice"_s.arg(what));
    m_seen.insert(what);
}

abi::RouteDetails *Collector::addRoute(const QByteArray &method, const QString &pattern,
                                       const QList<QByteArray> &captureTypes, abi::RunsOn where, abi::Handler *owned)
{
    DeclaredRoute &route = m_routes.emplace_back().route;
    route.handler.reset(owned);
    route.method = method;
    route.pattern = pattern;
    route.captureTypes = captureTypes;
    route.where = where;
    if (const auto parsed = parseRoutePattern(pattern)) {
        route.captures = parsed->captures;
        checkRoute(route, parsed->shape);
    } else {
        fault(parsed.error().message());
    }
    return &m_routes.back();
}

void Collector::checkRoute(const DeclaredRoute &route, const QString &shape)
{
    static const QByteArrayList methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
    static const QByteArrayList types{"integer", "string"};
    const QString name = QString::fromUtf8(route.method) + u' ' + route.pattern;
    if (!methods.contains(route.method))
        fault(u"route %1: the method must be one of %2"_s.arg(name, QString::fromUtf8(methods.join(", "))));
    if (route.captures.size() != route.captureTypes.size()) {
        fault(u"route %1 has %2 captures, its handler takes %3"_s.arg(name)
                  .arg(route.captures.size())
                  .arg(route.captureTypes.size()));
    }
    for (const QByteArray &type : route.captureTypes) {
        if (!types.contains(type))
            fault(u"route %1: this host knows no captures of type %2"_s.arg(name, QString::fromUtf8(type)));
    }
    if (route.where != abi::RunsOn::Pool && route.where != abi::RunsOn::Loop)
        fault(u"route %1: this host knows no such place to run"_s.arg(name));
    if (!route.handler)
        fault(u"route %1 has no handler"_s.arg(name));
    checkOnce(u"route "_s + QString::fromUtf8(route.method) + u' ' + shape);
}

void Collector::addTask(const QString &name, int attempts, qint64 firstDelayMilliseconds, qint64 timeLimitMilliseconds,
                        abi::TaskHandler *owned)
{
    DeclaredTask task;
    static_cast<TaskFacts &>(task) = {name, attempts, std::chrono::milliseconds(firstDelayMilliseconds),
                                      std::chrono::milliseconds(timeLimitMilliseconds)};
    task.handler.reset(owned);
    keepTask(std::move(task));
}

void Collector::addBatchTask(const QString &name, int attempts, qint64 firstDelayMilliseconds,
                             qint64 timeLimitMilliseconds, int largestBatch, abi::BatchTaskHandler *owned)
{
    DeclaredTask task;
    static_cast<TaskFacts &>(task) = {name, attempts, std::chrono::milliseconds(firstDelayMilliseconds),
                                      std::chrono::milliseconds(timeLimitMilliseconds), largestBatch};
    task.batch.reset(owned);
    if (largestBatch < 1)
        fault(u"task %1 needs a largest batch of at least 1"_s.arg(name));
    keepTask(std::move(task));
}

void Collector::keepTask(DeclaredTask task)
{
    const QString &name = task.name;
    if (!isName(name) || !name.startsWith(m_id + u'.') || name.size() == m_id.size() + 1)
        fault(u"task %1 must be named %2.something"_s.arg(name, m_id));
    if (task.attempts < 1 || task.firstDelay.count() < 0 || task.timeLimit.count() < 1)
        fault(u"task %1 needs at least one attempt, a delay of at least 0 and a time limit above 0"_s.arg(name));
    if (!task.handler && !task.batch)
        fault(u"task %1 has no function"_s.arg(name));
    checkOnce(u"task "_s + name);
    m_description.tasks.push_back(std::move(task));
}

void Collector::setTaskParameters(const QString &task, const QStringList &parameters)
{
    const auto known = std::ranges::find(m_description.tasks, task, &DeclaredTask::name);
    if (known == m_description.tasks.end())
        return fault(u"the parameters of task %1 are named before the task is declared"_s.arg(task));
    known->parameters = parameters;
    for (const QString &parameter : parameters) {
        if (!isName(parameter))
            fault(u"task %1: the parameter \"%2\" is not a name"_s.arg(task, parameter));
        checkOnce(u"parameter %1 of task %2"_s.arg(parameter, task));
    }
}

void Collector::addTaskAlias(const QString &alias, const QString &name)
{
    m_description.aliases.append({alias, name});
    if (!isName(alias))
        fault(u"task alias \"%1\" is not a name"_s.arg(alias));
    checkOnce(u"task "_s + alias);
}

void Collector::addSubscription(const QString &event, const QString &task)
{
    m_description.subscriptions.append({event, task});
    if (!isName(event))
        fault(u"event \"%1\" is not a name"_s.arg(event));
    checkOnce(u"subscription of %1 to %2"_s.arg(task, event));
}

void Collector::addMigration(const QString &name, const QStringList &sqlite, const QStringList &postgresql)
{
    m_description.migrations.append({name, sqlite, postgresql});
    if (!name.startsWith(m_id + u'/') || !isName(name.sliced(std::min(name.size(), m_id.size() + 1))))
        fault(u"migration %1 must be named %2/0001-what-it-does"_s.arg(name, m_id));
    const QStringList all = sqlite + postgresql;
    if (all.isEmpty()
        || std::any_of(all.begin(), all.end(), [](const QString &sql) { return sql.trimmed().isEmpty(); }))
        fault(u"migration %1 has an empty statement, or none"_s.arg(name));
    checkOnce(u"migration "_s + name);
}

/// Aliases and subscriptions may be declared before the tasks they name.
void Collector::checkReferences()
{
    for (const DeclaredAlias &alias : std::as_const(m_description.aliases)) {
        if (!m_seen.contains(u"task "_s + alias.task))
            fault(u"task alias %1 names the task %2, which is not declared"_s.arg(alias.alias, alias.task));
    }
    for (const DeclaredSubscription &subscription : std::as_const(m_description.subscriptions)) {
        if (subscription.task.startsWith(m_id + u'.') && !m_seen.contains(u"task "_s + subscription.task))
            fault(u"the subscription to %1 names the task %2, which is not declared"_s.arg(subscription.event,
                                                                                           subscription.task));
    }
}

Result<Description> Collector::finish()
{
    checkReferences();
    for (Details &details : m_routes) {
        const DeclaredRoute &route = details.route;
        if (route.deadline.value_or(std::chrono::milliseconds(1)).count() < 1 || route.bodyLimit.value_or(1) < 1)
            fault(u"route %1: a deadline and a body limit are above 0"_s.arg(route.pattern));
        m_description.routes.push_back(std::move(details.route));
    }
    std::sort(m_description.migrations.begin(), m_description.migrations.end(),
              [](const DeclaredMigration &a, const DeclaredMigration &b) { return a.name < b.name; });
    if (!m_faults.isEmpty())
        return Error::invalid(m_faults.join(u"; "_s));
    return std::move(m_description);
}

} // namespace

Result<Description> describe(Plugin &plugin, const QString &id)
{
    Collector collector(id);
    quoin::Registry registry(&collector, &plugin);
    try {
        plugin.describe(registry);
    } catch (...) {
        collector.fault(u"describe() threw: "_s + detail::currentExceptionText());
    }
    return collector.finish();
}

} // namespace quoin::plugins
