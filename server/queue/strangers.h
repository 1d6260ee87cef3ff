// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"

#include <quoin/database.h>

#include <QObject>
#include <QSet>
#include <QStringList>
#include <QTimer>

#include <memory>

namespace quoin::queue {

class Mailbox;

/// Warns of ready tasks whose name is not known here and that nobody else takes either: a plugin is missing, was
/// refused, or another program has misspelt a name. One line for each name, with how many wait; said again by the next
/// object, thus at each start. The tasks stay as they are. Lives in one thread with an event loop.
class Strangers final : public QObject
{
    Q_OBJECT

public:
    /// A task is warned of when it has been ready for so long: another process, with another set of plugins, may be
    /// about to take it.
    static constexpr std::chrono::milliseconds patience = std::chrono::seconds(10);

    /// database is lent and outlives this object. known: the names a task may be stored under.
    Strangers(abi::Database *database, const QStringList &known, Clock clock = {}, QObject *parent = nullptr);
    ~Strangers() override;

    /// Looks now, and again whenever `patience` has passed.
    void start();
    void stop() { m_timer.stop(); }
    /// Looks once, soon. While it is at it, nothing happens.
    void look();

Q_SIGNALS:
    /// A look has ended; so many names were warned of.
    void looked(int names);

private:
    struct Waiting
    {
        QString name;
        qint64 count = 0;
    };
    struct Question
    {
        QSet<QString> quiet;
        qsizetype names = 0; ///< To go through at most.
        qint64 since = 0;    ///< A name is told whose first task has been ready since then.
    };
    static Result<QList<Waiting>> find(Connection connection, const Question &question);
    static Result<QString> nextName(Connection &connection, const QString &after);
    static Result<qint64> readySince(Connection &connection, const QString &name);
    static Result<qint64> countOf(Connection &connection, const QString &name);
    void seen(const Result<QList<Waiting>> &waiting);

    const Database m_database;
    const Clock m_clock;
    const std::shared_ptr<Mailbox> m_mailbox; // shared with database jobs, which may end after this
    const qsizetype m_names;
    QSet<QString> m_quiet; ///< Known, or warned of.
    QTimer m_timer;
    bool m_looking = false;
};

} // namespace quoin::queue
