// SPDX-License-Identifier: GPL-3.0-only
#include "queue/exchange.h"

#include "queue/rows.h"
#include "queue/statements.h"
#include "queue/taskattempts.h"

#include <quoin/json.h>

#include <algorithm>

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

QByteArray orNull(qint64 number) { return number == 0 ? QByteArrayLiteral("null") : QByteArray::number(number); }

QByteArray toJson(const Settlement &settlement, qint64 now)
{
    const bool sent = settlement.state == TaskState::Sent;
    const qint64 due = sent || settlement.state == TaskState::Scheduled ? now + toMicroseconds(settlement.delay) : 0;
    return "{\"rid\":" + QByteArray::number(settlement.id) + ",\"rattempt\":" + QByteArray::number(settlement.attempt)
        + ",\"rstate\":" + jsonString(toString(settlement.state)) + ",\"uncounted\":" + (settlement.counted ? '0' : '1')
        + ",\"due\":" + orNull(due) + ",\"rsent\":" + orNull(sent ? due : 0)
        + ",\"rstarted\":" + orNull(settlement.started) + ",\"rfinished\":" + orNull(settlement.finished)
        + ",\"rerror\":" + (settlement.error.isNull() ? QByteArrayLiteral("null") : jsonString(settlement.error)) + '}';
}

QString settlementsJson(const QList<Settlement> &settlements, qint64 now)
{
    QByteArray json;
    for (const Settlement &settlement : settlements)
        json += ',' + toJson(settlement, now);
    return u'[' + QString::fromUtf8(json.sliced(1)) + u']';
}

QString idsOf(const QList<LeaseKey> &leases)
{
    QList<qint64> ids;
    for (const auto &[id, attempt] : leases)
        ids += id;
    return statements::idsJson(ids);
}

/// The steps of one exchange. Each fills its part of the answer.
class Exchange
{
public:
    Exchange(Connection &connection, const ExchangeOrder &order)
        : m_connection(connection)
        , m_order(order)
        , m_dialect(connection.dialect())
    {
    }

    Result<ExchangeAnswer> run()
    {
        const auto now = databaseTime(m_connection, m_order.clock);
        if (!now)
            return now.error();
        m_answer.now = *now;
        // Settling first: it makes room, and what has just failed may be due at once.
        for (const auto step :
             {&Exchange::settle, &Exchange::renew, &Exchange::reclaim, &Exchange::promote, &Exchange::claim}) {
            if (const auto done = (this->*step)(); !done)
                return done.error();
        }
        return m_answer;
    }

private:
    qint64 leaseUntil() const { return m_answer.now + toMicroseconds(m_order.lease); }

    template <class T>
    static Result<> keep(Result<QList<T>> rows, QList<T> &where)
    {
        if (!rows)
            return rows.error();
        where = *std::move(rows);
        return {};
    }

    Result<> settle()
    {
        if (m_order.settlements.isEmpty())
            return {};
        return keep(storeSettlements(m_connection, m_order.owner, m_order.settlements, m_answer.now), m_answer.settled);
    }

    Result<> renew()
    {
        if (!m_order.renew || m_order.held.isEmpty())
            return {};
        return keep(eachRow(m_connection, statements::renew(m_dialect),
                            {leaseUntil(), m_order.owner, idsOf(m_order.held)},
                            [](const Rows &row) { return LeaseKey(row.integer(0), static_cast<int>(row.integer(1))); }),
                    m_answer.renewed);
    }

    Result<> reclaim()
    {
        if (!m_order.reclaim)
            return {};
        const auto kept = keep(
            eachRow(m_connection, statements::reclaim(m_dialect), {m_answer.now, m_order.owner, idsOf(m_order.held)},
                    [](const Rows &row) {
                        return Reclaimed{row.integer(0), QString::fromUtf8(row.text(1)),
                                         static_cast<int>(row.integer(2)), QString::fromUtf8(row.text(3))};
                    }),
            m_answer.reclaimed);
        return kept ? noteLostAttempts(m_connection, m_answer.reclaimed, m_answer.now) : kept;
    }

    Result<> promote()
    {
        auto due = nextDue();
        if (due && *due != 0 && *due <= m_answer.now) {
            const auto promoted = m_connection.execute(statements::promote(m_dialect), {m_answer.now});
            if (!promoted)
                return promoted.error();
            m_answer.promoted = *promoted;
            due = nextDue();
        }
        if (!due)
            return due.error();
        m_answer.nextDue = *due;
        return {};
    }

    Result<qint64> nextDue()
    {
        return firstInteger(m_connection, u"SELECT min(not_before) FROM task WHERE state = 'scheduled'"_s);
    }

    Result<> claim()
    {
        if (m_order.wanted <= 0 || m_order.names.isEmpty())
            return {};
        QVariantList values{m_order.owner, leaseUntil(), m_order.worker, m_answer.now};
        for (const QString &name : m_order.names)
            values << name << name << m_order.wanted;
        values << m_order.wanted;
        const auto kept = keep(
            eachRow(m_connection, statements::claim(m_dialect, m_order.names.size()), values, &Exchange::readClaimed),
            m_answer.claimed);
        std::ranges::sort(m_answer.claimed, [](const Claimed &a, const Claimed &b) {
            return a.priority != b.priority ? a.priority > b.priority : a.id < b.id;
        });
        return kept;
    }

    static Claimed readClaimed(const Rows &row)
    {
        return {row.integer(0),
                QString::fromUtf8(row.text(1)),
                row.text(2),
                static_cast<int>(row.integer(3)),
                static_cast<int>(row.integer(4)),
                row.integer(5),
                row.text(6)};
    }

    Connection &m_connection;
    const ExchangeOrder &m_order;
    Dialect m_dialect;
    ExchangeAnswer m_answer;
};

} // namespace

Result<QList<qint64>> storeSettlements(Connection connection, const QString &owner,
                                       const QList<Settlement> &settlements, qint64 now)
{
    if (settlements.isEmpty())
        return QList<qint64>();
    if (const auto noted = noteFailedAttempts(connection, owner, settlements, now); !noted)
        return noted.error();
    return eachRow(connection, statements::settle(connection.dialect()), {settlementsJson(settlements, now), owner},
                   [](const Rows &row) { return row.integer(0); });
}

Result<ExchangeAnswer> exchange(Connection connection, const ExchangeOrder &order)
{
    return Exchange(connection, order).run();
}

Result<Outlook> look(Connection connection, const QStringList &names, const Clock &clock)
{
    const auto now = databaseTime(connection, clock);
    if (!now)
        return now.error();
    QVariantList values;
    for (const QString &name : names)
        values << name << name;
    const auto read = eachRow(connection, statements::look(names.size()), values, [&now](const Rows &row) {
        return Outlook{*now, row.integer(0) != 0, row.integer(1), !row.isNull(2) && row.integer(2) < *now};
    });
    if (!read)
        return read.error();
    return read->value(0);
}

} // namespace quoin::queue
