// SPDX-License-Identifier: GPL-3.0-only
// What a relay does about tasks that are with the broker: those that Python's workers ended, and those that are gone.
#include "queue/celery/queuekey.h"
#include "queue/celery/relaywork.h"
#include "queue/celery/result.h"
#include "queue/celery/storable.h"
#include "queue/queuelog.h"

#include <QSet>

#include <algorithm>

namespace quoin::celery {

using namespace Qt::StringLiterals;

namespace {

ForeignEnd endOf(const SentRow &row, const ReadResult &result, qint64 now)
{
    ForeignEnd end;
    end.id = row.id;
    end.finished = result.done != 0 ? result.done : now;
    end.state = u"done"_s;
    if (result.state == ResultState::Failure)
        end.state = u"dead"_s;
    if (result.state == ResultState::Revoked)
        end.state = u"cancelled"_s;
    if (result.state != ResultState::Success)
        end.error = storableText(result.sentence());
    return end;
}

} // namespace

void Relay::Work::reconcile()
{
    if (!m_isActive || m_phase != Phase::Working || !m_results->isOpen())
        return;
    const qint64 before = now() - queue::toMicroseconds(m_options.reconciliation);
    read<QList<SentRow>>(
        [before, after = m_reconciledTo](Connection &connection) { return sentRows(connection, before, after); },
        [this](const Result<QList<SentRow>> &rows) {
            if (rows)
                reconcile(*rows);
        });
}

void Relay::Work::reconcile(const QList<SentRow> &rows)
{
    m_reconciledTo = rows.isEmpty() ? 0 : rows.last().id; // the next page next time, then from the start
    QList<SentRow> shared;
    QByteArrayList command{"MGET"};
    for (const SentRow &row : rows) {
        if (!isShared(row.name))
            continue;
        shared += row;
        command += resultKey(row.message);
    }
    if (!shared.isEmpty())
        m_results->send(command, [this, shared](const Result<redis::Reply> &results) { reconciled(shared, results); });
}

void Relay::Work::reconciled(const QList<SentRow> &rows, const Result<redis::Reply> &results)
{
    QList<ForeignEnd> ends;
    for (qsizetype i = 0; results && i < std::min(rows.size(), results->list.size()); ++i) {
        const auto result = parseResult(results->list[i].text);
        if (result && result->isFinal())
            ends += endOf(rows[i], *result, now());
    }
    if (ends.isEmpty())
        return;
    write<qint64>([ends](Connection &connection) { return storeForeignEnds(connection, ends); },
                  [this](const Result<qint64> &count) {
                      if (count)
                          m_counters.reconciled += *count;
                  });
}

/// Only when nothing at all is left in the queues: then what is sent and old is nowhere.
void Relay::Work::takeCensus()
{
    if (!m_isActive || m_phase != Phase::Working || !m_commands.isOpen())
        return;
    QList<QByteArrayList> commands{{"GET", "quoin:epoch"}, {"HLEN", "unacked"}};
    for (const QByteArray &queue : {m_options.ownQueue, m_options.sharedQueue}) {
        commands += QByteArrayList{"ZCARD", "quoin:delayed:" + queue};
        for (const QByteArray &key : queueKeys(queue))
            commands += QByteArrayList{"LLEN", key};
    }
    m_commands.transaction(commands, [this](const Result<redis::Reply> &counts) { counted(counts); });
}

void Relay::Work::counted(const Result<redis::Reply> &counts)
{
    const auto isNothing = [](const redis::Reply &count) { return count.isInteger() && count.integer == 0; };
    if (!counts || m_phase != Phase::Working || counts->list.isEmpty())
        return;
    if (counts->list.first().text != m_epoch.toLatin1())
        return learnEpoch(); // emptied without a restart
    if (!std::ranges::all_of(counts->list.sliced(1), isNothing))
        return;
    recoverSent();
    recoverRunning();
}

void Relay::Work::recoverSent()
{
    const qint64 own = now() - queue::toMicroseconds(m_options.patience);
    const qint64 shared = now() - queue::toMicroseconds(m_options.celeryPatience);
    read<QList<SentRow>>(
        [before = std::max(own, shared)](Connection &connection) { return sentRows(connection, before, 0); },
        [this, own, shared](const Result<QList<SentRow>> &rows) {
            if (!rows)
                return;
            // Its message has left the broker, and whoever took it tells nobody: pushed again, it would run again, and
            // so for ever. Of a Redis that lost it the epoch tells.
            const auto isUntold = [this](const SentRow &row) { return !m_results && isShared(row.name); };
            QList<SentRow> gone = *rows;
            gone.removeIf(
                [&](const SentRow &row) { return row.sent >= (isUntold(row) || !isShared(row.name) ? own : shared); });
            QList<SentRow> taken = gone;
            taken.removeIf([&](const SentRow &row) { return !isUntold(row); });
            gone.removeIf(isUntold);
            settleTaken(taken);
            makeReadyAgain(gone);
        });
}

/// Of a node that died with a Redis that lost its messages.
void Relay::Work::recoverRunning()
{
    const qint64 before = now() - queue::toMicroseconds(m_options.patience);
    read<QList<SentRow>>([before](Connection &connection) { return runningRows(connection, before); },
                         [this](const Result<QList<SentRow>> &rows) {
                             QSet<QString> owners;
                             for (const SentRow &row : rows ? *rows : QList<SentRow>())
                                 owners += row.owner;
                             for (const QString &owner : std::as_const(owners)) {
                                 QList<SentRow> his = *rows;
                                 his.removeIf([&owner](const SentRow &row) { return row.owner != owner; });
                                 m_commands.send({"EXISTS", "quoin:alive:" + owner.toUtf8()},
                                                 [this, his](const Result<redis::Reply> &isAlive) {
                                                     if (isAlive && isAlive->integer == 0)
                                                         makeReadyAgain(his);
                                                 });
                             }
                         });
}

void Relay::Work::settleTaken(const QList<SentRow> &rows)
{
    if (rows.isEmpty())
        return;
    write<qint64>([rows, at = now()](Connection &connection) { return makeDone(connection, rows, at); },
                  [this](const Result<qint64> &count) {
                      if (count)
                          m_counters.reconciled += *count;
                  });
}

void Relay::Work::makeReadyAgain(const QList<SentRow> &rows)
{
    if (rows.isEmpty())
        return;
    write<qint64>([rows](Connection &connection) { return makeReady(connection, rows); },
                  [this](const Result<qint64> &count) {
                      if (!count || *count == 0)
                          return;
                      m_counters.again += *count;
                      qCWarning(quoinQueue).noquote().nospace()
                          << "tasks whose messages are gone are pushed again count=" << *count;
                      told();
                  });
}

} // namespace quoin::celery
