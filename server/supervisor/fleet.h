// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/backoff.h"
#include "supervisor/connectiondesk.h"
#include "supervisor/crew.h"
#include "supervisor/roll.h"
#include "supervisor/watchdog.h"

#include <QJsonObject>
#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>

namespace quoin::supervisor {

struct FleetOptions
{
    QString program;
    QStringList arguments;
    Posts posts;
    std::chrono::milliseconds readyTimeout = std::chrono::seconds(30); ///< From start to 'R'.
    std::chrono::milliseconds drainTimeout = std::chrono::seconds(
        30);                                                       ///< For work under way in a worker that is replaced.
    std::chrono::milliseconds killGrace = std::chrono::seconds(2); ///< From there to SIGKILL.
    BackoffOptions backoff;
    WatchdogLimits watchdog;
    int mostGenerations = 4; ///< At once; a roll beyond waits until one has left.
    int mostWaiting = 1024;  ///< Connections kept while no worker is ready.
};

/// Generations of worker processes. One generation serves; a new one starts beside it, a canary first, and takes over
/// when all of it is ready, or is refused and leaves no trace. Gives connections to workers, replaces those that die,
/// block or ask for it. Runs on the thread of its event loop; no call blocks. Destroying it kills what is left.
class Fleet final : public QObject
{
    Q_OBJECT

public:
    /// memory is lent, and for nobody else to write to but workers. posts: 1 to 32.
    Fleet(FleetOptions options, HostMemory &memory, QObject *parent = nullptr);
    ~Fleet() override;

    /// Starts a new generation with this brief and returns its number; ready() or refused() follows. A roll asked for
    /// during another one waits; of those that wait only the newest is run, nothing is said of the others. After stop()
    /// nothing happens.
    quint64 roll(const QJsonObject &brief);
    /// What generations that are rolled out from now on have: 1 to 32 posts, and how long a worker that is replaced may
    /// take for what is under way, which counts at once.
    void setPosts(Posts posts);
    void setDrainTimeout(std::chrono::milliseconds timeout) { m_options.drainTimeout = timeout; }
    /// A new connection, accepted; owns descriptor. It goes to the least loaded worker of the generation that serves
    /// (see Posts::receiving()), or waits in order for one. After stop() and its delay it is closed.
    void offer(int descriptor);
    /// Starts another in the place of this worker, and drains it when that one is ready. Nothing if it is not one that
    /// serves, or is being replaced already.
    void restartWorker(int slot);

    /// Tells all workers to say "not ready"; after delay offers no more connections and tells them to finish what is
    /// under way within deadline and leave. Who has not left killGrace after that is killed. Then stopped(). Once.
    void stop(std::chrono::milliseconds delay, std::chrono::milliseconds deadline);
    /// After stop(): all leave now, within killGrace.
    void hurry();

    /// The generation that serves; 0: none yet.
    quint64 generation() const { return m_live ? m_live->generation() : 0; }
    /// How many workers it has; 0: there is none.
    int size() const { return m_live ? m_live->posts().count() : 0; }
    bool isRolling() const { return m_roll.has_value(); }
    /// For a status page, by slot.
    QList<WorkerState> workers() const;
    int waitingConnections() const { return m_desk.waiting(); }
    quint64 turnedAwayConnections() const { return m_desk.turnedAway(); }

Q_SIGNALS:
    /// This generation serves from now on; report is its canary's. The one before is draining.
    void ready(quint64 generation, const QJsonObject &report);
    /// This generation will not serve; nothing has changed for clients. report is the worker's own, or {"error": text};
    /// verdict blames, if it crashed or hung.
    void refused(quint64 generation, const QJsonObject &report, const quoin::supervisor::Verdict &verdict);
    /// A worker ended that should not have: a crash, the watchdog, leaving unasked. The fleet starts another if it was
    /// of the generation that serves. Not after stop().
    void workerDied(quint64 generation, const quoin::supervisor::Verdict &verdict);
    /// Something in a worker does not go on. The worker is ended or, if it still serves, replaced. At most twice a
    /// worker: first what it survives, then what it does not.
    void stuck(quint64 generation, const quoin::supervisor::Stuck &stuck);
    /// A worker was asked, by somebody who may, that all of it end (Celery's remote control, say). Nothing was done
    /// yet.
    void endAsked(const QString &why);
    /// A worker was asked that plugins be looked at again and started anew. Nothing was done yet.
    void againAsked(const QString &why);
    /// What workers() says has changed, but for the figures.
    void workersChanged();
    /// A worker has been started in this slot, which was cleared.
    void joining(int slot);
    /// This worker's process is gone; its slot is about to be cleared.
    void leaving(int slot);
    /// stop() was asked for and no child is left. Once.
    void stopped();

private:
    /// A place in the generation that serves, to be filled again when it becomes empty.
    struct Post
    {
        Backoff backoff;
        std::unique_ptr<QTimer> restart;
    };
    enum class Phase { Running, Unready, Leaving, Stopped };

    // fleet.cpp
    Worker *launch(const Roll &roll, int index);
    void enter(Worker *worker, WorkerPhase phase);
    void hear(Worker *worker, char type, const QByteArray &payload, int descriptor);
    void replaceOther(const QJsonObject &whom);
    void wakeOthers(const Worker *teller);
    void becomeReady(Worker *worker, const QJsonObject &report);
    void noteRefusal(Worker *worker, const QJsonObject &report);

    // fleetroll.cpp: a new generation
    void startSoon();
    void startWaitingRoll();
    void startPost(int index);
    void advance(Roll::Step step, int index);
    void switchOver();
    void refuse(const QJsonObject &report, const Verdict &verdict);
    void loseOfRoll(const Worker &worker, const ProcessEnd &end, const Verdict &verdict);

    // fleetcare.cpp: the generation that serves, and its end
    void bury(Worker *worker, const ProcessEnd &end);
    bool isFilled(int index) const;
    void fillAgain(int index);
    void fill(int index);
    void drain(Worker *worker, bool handBack, std::chrono::milliseconds deadline);
    void dismiss(Worker *worker);
    void leaveAll();
    void stopIfEmpty();

    // fleetwatch.cpp: what does not go on
    void look();
    void lookAt(Worker *worker, qint64 now);
    void putDown(Worker *worker, const Verdict &sentence, qint32 thread);

    FleetOptions m_options;
    HostMemory &m_memory;
    Crew m_crew;
    ConnectionDesk m_desk;
    std::map<int, Post> m_posts;
    std::optional<Roll> m_live; ///< The generation that serves.
    std::optional<Roll> m_roll; ///< The one that is starting.
    std::optional<Roll> m_next; ///< The one that waits for that.
    quint64 m_lastGeneration = 0;
    QTimer m_watch;
    qint64 m_lastLook = 0;
    QTimer m_unreadyTimer;
    std::chrono::milliseconds m_stopDeadline{0};
    Phase m_phase = Phase::Running;
};

} // namespace quoin::supervisor
