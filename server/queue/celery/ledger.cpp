// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/ledger.h"

#include "queue/arguments.h"
#include "queue/celery/ledgerstatements.h"
#include "queue/celery/storable.h"
#include "queue/rows.h"
#include "queue/statements.h"

#include <QHash>

#include <algorithm>

namespace quoin::celery {

using namespace Qt::StringLiterals;
using queue::eachRow;

namespace {

constexpr qsizetype largestArguments = 16 * 1024 * 1024; ///< As the outbox has it.
constexpr qsizetype mostBytes = 32 * 1024 * 1024;        ///< Of arguments bound in one statement.
constexpr int mostRetries = 1'000'000;

/// What a row says about its message.
struct RowFacts
{
    QString message;
    Begun begun;
};

RowFacts factsOf(const Rows &row)
{
    return {QString::fromUtf8(row.text(0)),
            {row.integer(1), static_cast<int>(row.integer(2)), row.integer(3), Verdict::Run, {}, {}}};
}

RowFacts factsWithError(const Rows &row)
{
    RowFacts facts = factsOf(row);
    facts.begun.error = QString::fromUtf8(row.text(4));
    return facts;
}

RowFacts factsOfTaken(const Rows &row)
{
    RowFacts facts = factsWithError(row);
    facts.begun.trace = row.text(5);
    return facts;
}

RowFacts factsOfSettled(const Rows &row)
{
    RowFacts facts = factsWithError(row);
    const QByteArray state = row.text(5);
    // Whatever else it is, another has it in hand: a node that claimed a copy just now, or the table itself.
    facts.begun.verdict = state == "done" ? Verdict::Done
        : state == "cancelled"            ? Verdict::Cancelled
        : state == "dead"                 ? Verdict::Dead
                                          : Verdict::Copy;
    return facts;
}

/// Why a row could not hold these arguments, or no error.
Result<> checkStorable(const LedgerEntry &entry)
{
    if (entry.arguments.size() > largestArguments)
        return Error::invalid(u"The arguments have %1 bytes; at most %2 are allowed."_s.arg(entry.arguments.size())
                                  .arg(largestArguments));
    return queue::checkArguments(entry.arguments);
}

/// One claim on its way through the table.
class Claiming
{
public:
    Claiming(Connection &connection, const QString &owner, const QString &worker, const QList<LedgerEntry> &entries)
        : m_connection(connection)
        , m_dialect(connection.dialect())
        , m_owner(owner)
        , m_worker(worker)
        , m_entries(entries)
        , m_begun(entries.size())
    {
    }

    Result<QList<Begun>> run(const QSet<QString> &held)
    {
        if (const auto sorted = sort(held); !sorted)
            return sorted.error();
        for (qsizetype first = 0; first < m_waiting.size();) {
            const qsizetype end = endOfPortion(first);
            if (const auto done = begin(m_waiting.sliced(first, end - first)); !done)
                return done.error();
            first = end;
        }
        for (const auto &[copy, original] : m_copies)
            m_begun[copy].id = m_begun[original].id;
        return m_begun;
    }

private:
    Result<> sort(const QSet<QString> &held);
    Result<> refuse(qsizetype n, const QString &message, const Error &error);
    qsizetype endOfPortion(qsizetype first) const;
    Result<> begin(const QList<qsizetype> &portion);
    Result<> note(const Result<QList<RowFacts>> &rows);
    QString json(bool whole) const;

    Connection &m_connection;
    const Dialect m_dialect;
    const QString m_owner;
    const QString m_worker;
    const QList<LedgerEntry> &m_entries;
    QList<Begun> m_begun;

    QList<QString> m_messages;                   ///< As stored, of each entry.
    QList<qsizetype> m_waiting;                  ///< Entries to begin.
    QHash<QString, qsizetype> m_open;            ///< Of a portion, those without an answer, by message.
    QList<QPair<qsizetype, qsizetype>> m_copies; ///< Of another entry of this claim.
};

/// Into those to begin and those that are answered without.
Result<> Claiming::sort(const QSet<QString> &held)
{
    QHash<QString, qsizetype> seen;
    for (qsizetype n = 0; n < m_entries.size(); ++n) {
        const LedgerEntry &entry = m_entries[n];
        const QString message = storableMessage(entry.message);
        m_messages += message;
        const auto original = seen.constFind(message);
        if (held.contains(entry.message) || original != seen.cend()) {
            m_begun[n].verdict = Verdict::Copy;
            if (original != seen.cend())
                m_copies += {n, *original};
            continue;
        }
        seen.insert(message, n);
        const auto storable = checkStorable(entry);
        if (storable)
            m_waiting += n;
        else if (const auto refused = refuse(n, message, storable.error()); !refused)
            return refused;
    }
    return {};
}

Result<> Claiming::refuse(qsizetype n, const QString &message, const Error &error)
{
    const LedgerEntry &entry = m_entries[n];
    m_begun[n].verdict = Verdict::Dead;
    m_begun[n].error = error.message();
    const auto rows = eachRow(
        m_connection, statements::refuse(),
        {storableText(entry.name, 255), entry.priority, entry.now, entry.now, message, storableText(error.message())},
        [](const Rows &row) {
            return Begun{row.integer(0), static_cast<int>(row.integer(1)), row.integer(2), {}, {}, {}};
        });
    if (!rows)
        return rows.error();
    if (rows->isEmpty()) { // it ended before, well or badly
        m_open = {{message, n}};
        return note(eachRow(m_connection, statements::see(m_dialect), {json(false)}, factsOfSettled));
    }
    m_begun[n].id = rows->first().id;
    m_begun[n].attempt = rows->first().attempt;
    m_begun[n].created = rows->first().created;
    return {};
}

qsizetype Claiming::endOfPortion(qsizetype first) const
{
    qsizetype bytes = 0;
    qsizetype end = first;
    do
        bytes += m_entries[m_waiting[end++]].arguments.size();
    while (end < m_waiting.size() && bytes + m_entries[m_waiting[end]].arguments.size() <= mostBytes);
    return end;
}

Result<> Claiming::begin(const QList<qsizetype> &portion)
{
    m_open.clear();
    for (const qsizetype n : portion)
        m_open.insert(m_messages[n], n);
    const qint64 started = m_entries[portion.first()].now;

    QVariantList values{m_owner, m_worker, started};
    values.insert(m_dialect == Dialect::Sqlite ? values.size() : 0, json(false));
    if (const auto taken = note(eachRow(m_connection, statements::take(m_dialect), values, factsOfTaken)); !taken)
        return taken;
    if (m_open.isEmpty())
        return {};
    if (const auto added = note(
            eachRow(m_connection, statements::add(m_dialect), {m_owner, m_worker, started, json(true)}, factsOf));
        !added)
        return added;
    if (m_open.isEmpty())
        return {};
    if (const auto seen = note(eachRow(m_connection, statements::see(m_dialect), {json(false)}, factsOfSettled)); !seen)
        return seen;
    return m_open.isEmpty()
        ? Result<>()
        : Error::unavailable(u"Task %1 was pruned while its message was claimed."_s.arg(m_open.cbegin().key()));
}

/// Answers the entries that the rows are about.
Result<> Claiming::note(const Result<QList<RowFacts>> &rows)
{
    if (!rows)
        return rows.error();
    for (const RowFacts &facts : *rows) {
        const auto open = m_open.constFind(facts.message);
        if (open == m_open.cend())
            continue;
        m_begun[*open] = facts.begun;
        m_open.erase(open);
    }
    return {};
}

/// The entries that have no answer yet. whole: with what a new row needs.
QString Claiming::json(bool whole) const
{
    QList<qsizetype> open = m_open.values();
    std::ranges::sort(open);
    QByteArray json;
    for (const qsizetype n : open) {
        const LedgerEntry &entry = m_entries[n];
        json += ",{\"rmessage\":" + quoted(m_messages[n].toUtf8())
            + ",\"rretries\":" + QByteArray::number(std::clamp(entry.retries, 0, mostRetries));
        if (whole)
            json += ",\"n\":" + QByteArray::number(n) + ",\"rname\":" + quoted(storableText(entry.name, 255).toUtf8())
                + ",\"rarguments\":" + quoted(entry.arguments) + ",\"rpriority\":" + QByteArray::number(entry.priority)
                + ",\"rcreated\":" + QByteArray::number(entry.now)
                + ",\"rtrace\":" + (entry.trace.isEmpty() ? QByteArrayLiteral("null") : quoted(entry.trace));
        json += '}';
    }
    return u'[' + QString::fromUtf8(json.mid(1)) + u']';
}

} // namespace

Result<QList<Begun>> begin(Connection connection, const QString &owner, const QString &worker,
                           const QList<LedgerEntry> &entries, const QSet<QString> &held)
{
    return Claiming(connection, owner, worker, entries).run(held);
}

Result<QSet<qint64>> settle(Connection connection, const QString &owner, const QList<queue::Settlement> &settlements,
                            const queue::Clock &clock)
{
    const auto now = queue::databaseTime(connection, clock);
    if (!now)
        return now.error();
    const auto settled = queue::storeSettlements(connection, owner, settlements, *now);
    if (!settled)
        return settled.error();
    return QSet<qint64>(settled->begin(), settled->end());
}

Result<QSet<qint64>> giveBack(Connection connection, const QString &owner, const QList<queue::LeaseKey> &leases,
                              const queue::Clock &clock)
{
    QList<queue::Settlement> settlements;
    for (const auto &[id, attempt] : leases) {
        queue::Settlement settlement;
        settlement.id = id;
        settlement.attempt = attempt;
        settlement.state = queue::TaskState::Sent;
        settlement.counted = false;
        settlements += settlement;
    }
    return settle(connection, owner, settlements, clock);
}

Result<QList<queue::LeaseKey>> stillHeld(Connection connection, const QString &owner,
                                         const QList<queue::LeaseKey> &leases)
{
    QList<qint64> ids;
    for (const auto &[id, attempt] : leases)
        ids += id;
    auto held = eachRow(
        connection, statements::stillHeld(connection.dialect()), {owner, queue::statements::idsJson(ids)},
        [](const Rows &row) { return queue::LeaseKey(row.integer(0), static_cast<int>(row.integer(1))); });
    if (held)
        held->removeIf([&leases](const queue::LeaseKey &lease) { return !leases.contains(lease); });
    return held;
}

} // namespace quoin::celery
