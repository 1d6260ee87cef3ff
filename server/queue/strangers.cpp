// SPDX-License-Identifier: GPL-3.0-only
#include "queue/strangers.h"

#include "queue/mailbox.h"
#include "queue/queuelog.h"

#include <quoin/json.h>

#include <limits>

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostStrangers = 100; // what other programs store may have no end

/// The single number of a statement; `otherwise` for NULL and for no row.
Result<qint64> number(Connection &connection, const QString &sql, const QString &name, qint64 otherwise)
{
    auto rows = connection.query(sql, {name});
    if (!rows)
        return rows.error();
    const bool isThere = rows->next() && !rows->isNull(0);
    if (const auto stepped = rows->error(); !stepped)
        return stepped.error();
    return isThere ? rows->integer(0) : otherwise;
}

/// Quoted and escaped, because any program may have stored it, and short.
QByteArray shown(const QString &name)
{
    constexpr qsizetype longest = 200;
    return jsonString(name.size() <= longest ? name : name.first(longest) + u'…');
}

} // namespace

Strangers::Strangers(abi::Database *database, const QStringList &known, Clock clock, QObject *parent)
    : QObject(parent)
    , m_database(database)
    , m_clock(clock ? std::move(clock) : systemMicroseconds)
    , m_mailbox(std::make_shared<Mailbox>(this))
    , m_names(known.size() + mostStrangers)
    , m_quiet(known.begin(), known.end())
{
    m_timer.setTimerType(Qt::VeryCoarseTimer);
    m_timer.callOnTimeout(this, &Strangers::look);
}

Strangers::~Strangers() { m_mailbox->close(); }

void Strangers::start()
{
    m_timer.start(patience);
    look();
}

void Strangers::look()
{
    if (m_looking)
        return;
    m_looking = true;
    const Question question{m_quiet, m_names, m_clock() - toMicroseconds(patience)};
    m_database.read([question](Connection &connection) { return find(connection, question); })
        .then([this, mailbox = m_mailbox](const Result<QList<Waiting>> &waiting) {
            mailbox->post([this, waiting] { seen(waiting); });
        });
}

/// From name to name along the index of what is ready: a million tasks of one name are one step.
Result<QList<Strangers::Waiting>> Strangers::find(Connection connection, const Question &question)
{
    QList<Waiting> waiting;
    QString last;
    for (qsizetype i = 0; i < question.names; ++i) {
        const auto name = nextName(connection, last);
        if (!name)
            return name.error();
        const bool isStuck = !last.isNull() && *name == last; // stored as what Qt cannot carry, such as a blob
        if (name->isNull() || isStuck)
            break;
        last = *name;
        if (question.quiet.contains(last))
            continue;
        const auto ready = readySince(connection, last);
        const auto count = ready && *ready <= question.since ? countOf(connection, last) : ready;
        if (!count)
            return count.error();
        if (*ready <= question.since)
            waiting += {last, *count};
    }
    return waiting;
}

/// Null: there is none. after: null for the first.
Result<QString> Strangers::nextName(Connection &connection, const QString &after)
{
    auto rows = after.isNull()
        ? connection.query(u"SELECT min(name) FROM task WHERE state = 'ready'"_s)
        : connection.query(u"SELECT min(name) FROM task WHERE state = 'ready' AND name > ?"_s, {after});
    if (!rows)
        return rows.error();
    const bool isThere = rows->next() && !rows->isNull(0);
    if (const auto stepped = rows->error(); !stepped)
        return stepped.error();
    return isThere ? u""_s + QString::fromUtf8(rows->text(0)) : QString(); // an empty name is a name
}

/// Of the task that would be claimed first: as long as somebody takes such tasks, it is never the same for long.
Result<qint64> Strangers::readySince(Connection &connection, const QString &name)
{
    return number(connection,
                  u"SELECT CASE WHEN not_before > created THEN not_before ELSE created END FROM task "
                  "WHERE state = 'ready' AND name = ? ORDER BY priority DESC, id LIMIT 1"_s,
                  name, std::numeric_limits<qint64>::max());
}

Result<qint64> Strangers::countOf(Connection &connection, const QString &name)
{
    return number(connection, u"SELECT count(*) FROM task WHERE state = 'ready' AND name = ?"_s, name, 0);
}

void Strangers::seen(const Result<QList<Waiting>> &waiting)
{
    m_looking = false;
    const auto names = waiting ? *waiting : QList<Waiting>(); // a database that is away is told of by the queue
    for (const auto &[name, count] : names) {
        m_quiet.insert(name);
        qCWarning(quoinQueue).noquote().nospace()
            << "tasks wait that no live plugin knows kind=" << shown(name) << " waiting=" << count
            << " remedy=\"see above whether the plugin that has them was refused, or put it into plugins.dir: they run "
               "once it is live, here or elsewhere; if the name is wrong, mend or delete these rows of the table "
               "task\"";
    }
    Q_EMIT looked(static_cast<int>(names.size()));
}

} // namespace quoin::queue
