// SPDX-License-Identifier: GPL-3.0-only
#include "queue/outbox.h"

#include "queue/arguments.h"
#include "queue/pushwatch.h"
#include "trace/current.h"

#include <quoin/json.h>

#include <QRegularExpression>

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

const QString insertTask = u"INSERT INTO task (name, arguments, state, priority, not_before, created, trace) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id"_s;

// DO UPDATE rather than DO NOTHING: it returns the row that is there, also when another transaction has just made it.
const QString insertUnique = u"INSERT INTO task (name, arguments, state, priority, not_before, created, trace, "
                             "unique_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                             "ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL "
                             "AND state IN ('scheduled', 'ready', 'sent', 'running') "
                             "DO UPDATE SET unique_key = excluded.unique_key RETURNING id"_s;

// PostgreSQL: the rows are made from one JSON array, whose elements keep their own text; in their order, so that ids
// are, too.
const QString insertTogether = u"INSERT INTO task (name, arguments, state, not_before, created, trace) "
                               "SELECT CAST(? AS text), CAST(value AS text), 'ready', 0, CAST(? AS bigint), trace "
                               "FROM ROWS FROM (json_array_elements(CAST(? AS json)), "
                               "json_array_elements_text(CAST(? AS json))) "
                               "WITH ORDINALITY AS given (value, trace, place) ORDER BY place"_s;

/// Of so many that are stored together: one for each if the thread works for as many, else the same for all.
QByteArrayList tracesFor(const QString &task, qsizetype count)
{
    const auto each = trace::currentEach();
    if (count <= 1 || static_cast<qsizetype>(each.size()) != count)
        return QByteArrayList(count, trace::toText(trace::forPush(task, false)));
    QByteArrayList traces;
    for (const trace::Context &context : each)
        traces += trace::toText(context.isValid() ? context : trace::begin());
    return traces;
}

Result<qint64> insertedId(Connection connection, const QString &sql, const QVariantList &values)
{
    auto rows = connection.query(sql, values);
    if (!rows)
        return rows.error();
    if (rows->next())
        return rows->integer(0);
    const auto failure = rows->error();
    return failure ? Error::internal(u"The database stored a task and did not tell its id."_s) : failure.error();
}

} // namespace

Outbox::Outbox(TaskCatalogue catalogue, std::function<void()> wake, OutboxOptions options)
    : m_catalogue(std::move(catalogue))
    , m_wake(std::move(wake))
    , m_options(std::move(options))
{
}

qint64 Outbox::push(abi::Connection *connection, const QString &task, const QByteArray &arguments, int priority,
                    qint64 notBefore, const QString &uniqueKey, Error *error)
{
    if (m_catalogue.find(task))
        return store(connection, task, arguments, priority, notBefore, uniqueKey, error);
    *error = Error::internal(
        u"There is no task \"%1\" in this process: is its plugin loaded, and its name spelled so?"_s.arg(task));
    return -1;
}

qint64 Outbox::store(abi::Connection *connection, const QString &task, const QByteArray &arguments, int priority,
                     qint64 notBefore, const QString &uniqueKey, Error *error)
{
    const QString stored = storedName(task);
    const QByteArray trace = trace::toText(trace::forPush(stored, notBefore > 0));
    const auto id = insert(Connection(connection), {stored, arguments, trace, priority, notBefore, uniqueKey});
    if (!id)
        *error = id.error();
    return id ? *id : -1;
}

Result<qint64> Outbox::insert(Connection connection, const NewTask &task)
{
    if (const auto checked = check(task.arguments); !checked)
        return checked.error();
    const qint64 now = m_options.clock();
    // Text is bound as QString: a QByteArray would become a BLOB or bytea.
    QVariantList values{task.name,
                        QString::fromUtf8(task.arguments),
                        task.notBefore > now ? u"scheduled"_s : u"ready"_s,
                        task.priority,
                        task.notBefore,
                        now,
                        QString::fromLatin1(task.trace)};
    if (!task.uniqueKey.isEmpty())
        values += task.uniqueKey;
    const auto id = insertedId(connection, task.uniqueKey.isEmpty() ? insertTask : insertUnique, values);
    if (id)
        notePush();
    return id;
}

bool Outbox::storeEach(abi::Connection *connection, const QString &task, const QByteArrayList &arguments, Error *error)
{
    if (connection->dialect() == Dialect::Postgresql && arguments.size() > 1) {
        const auto stored = storeTogether(Connection(connection), task, arguments);
        if (!stored)
            *error = stored.error();
        return stored.has_value();
    }
    const QString stored = storedName(task);
    const QByteArrayList traces = tracesFor(stored, arguments.size());
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        if (const auto id = insert(Connection(connection), {stored, arguments[i], traces[i]}); !id) {
            *error = id.error();
            return false;
        }
    }
    return true;
}

Result<> Outbox::storeTogether(Connection connection, const QString &task, const QByteArrayList &arguments)
{
    for (const QByteArray &each : arguments) {
        if (const auto checked = check(each); !checked)
            return checked.error();
    }
    const QString stored = storedName(task);
    QByteArrayList traces = tracesFor(stored, arguments.size());
    for (QByteArray &trace : traces)
        trace = jsonString(QString::fromLatin1(trace));
    const auto array = [](const QByteArrayList &elements) { return QString::fromUtf8('[' + elements.join(',') + ']'); };
    const auto inserted = connection.execute(insertTogether,
                                             {stored, m_options.clock(), array(arguments), array(traces)});
    if (!inserted)
        return inserted.error();
    notePush();
    return {};
}

QString Outbox::storedName(const QString &task) const
{
    return m_catalogue.find(task) ? m_catalogue.canonical(task) : task;
}

void Outbox::notePush()
{
    if (!PushWatch::notePush() && m_wake)
        m_wake();
}

bool Outbox::publishAs(const QString &task, const QString &publishedName, Error *error)
{
    const std::lock_guard lock(m_mutex);
    m_publishedNames.remove(task);
    if (publishedName.isEmpty() || publishedName == task)
        return true;
    if (const auto checked = checkPublishedName(task, publishedName); !checked) {
        *error = checked.error();
        return false;
    }
    m_publishedNames.insert(task, publishedName);
    return true;
}

Result<> Outbox::checkPublishedName(const QString &task, const QString &publishedName) const
{
    if (m_catalogue.canonical(task) != task || task.isEmpty())
        return Error::internal(u"There is no task \"%1\" in this process that could be published."_s.arg(task));
    // What Python takes for a task: words joined by dots. No control characters get into logs and keys.
    static const QRegularExpression words(u"^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,199}\\z"_s);
    if (!words.match(publishedName).hasMatch())
        return Error::invalid(
            u"\"%1\" is no name for a task: letters, digits and _ . : / - are, at most 200."_s.arg(publishedName));
    QString owner = m_catalogue.canonical(publishedName);
    if (owner.isEmpty())
        owner = m_publishedNames.key(publishedName);
    if (!owner.isEmpty() && owner != task)
        return Error::invalid(
            u"\"%1\" cannot be the published name of %2: it is a name of %3."_s.arg(publishedName, task, owner));
    return {};
}

QString Outbox::publishedName(const QString &task) const
{
    const std::lock_guard lock(m_mutex);
    return m_publishedNames.value(task, task);
}

void Outbox::addPublishedNames(TaskCatalogue &catalogue) const
{
    const std::lock_guard lock(m_mutex);
    for (auto published = m_publishedNames.cbegin(); published != m_publishedNames.cend(); ++published)
        catalogue.addAlias(published.value(), published.key());
}

Result<> Outbox::check(const QByteArray &arguments) const
{
    if (arguments.size() > m_options.largestArguments)
        return Error::invalid(u"The arguments of a task have %1 bytes; at most %2 are allowed."_s.arg(arguments.size())
                                  .arg(m_options.largestArguments));
    return checkArguments(arguments);
}

} // namespace quoin::queue
