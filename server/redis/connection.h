// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/reply.h"
#include "redis/script.h"
#include "redis/url.h"

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayList>
#include <QList>
#include <QObject>
#include <QString>

#include <chrono>
#include <functional>

namespace quoin::redis {

struct ConnectionOptions
{
    QString purpose; ///< For the log and CLIENT LIST: "counters". One word.
    /// How long a command may wait for its reply while nothing arrives, and how long connecting may take. An answer
    /// comes within this and a quarter. 0: a command may take for ever (blocking ones), connecting a second.
    std::chrono::milliseconds timeout{700};
    /// Between attempts to connect; doubles from one to the other.
    std::chrono::milliseconds firstPause{50};
    std::chrono::milliseconds longestPause{1000};
    /// How long one that subscribes hears nothing before it asks whether Redis is still there.
    std::chrono::milliseconds silence{4000};
    /// Commands that may wait for replies at a time; more are answered Unavailable at once.
    int mostPending = 100'000;
    /// Losses and returns are logged for debugging only: for the second connection and more of one purpose.
    bool isQuiet = false;
};

/// A connection to Redis on the event loop of its thread, which never blocks and connects again for ever. Names are
/// looked up anew at each attempt. It lives and is used in one thread, and ignores SIGPIPE for the process if nobody
/// has decided about it.
///
/// A Redis that is away (refused, LOADING, MASTERDOWN, wrong password, a command that hangs) is one warning in the log
/// and one line at its return. It heals within 2 s of that return.
class Connection final : public QObject
{
    Q_OBJECT

public:
    /// The reply, or: Unavailable, when Redis is away, too busy (see mostPending) or refuses for now (LOADING,
    /// READONLY, OOM, MISCONF, MASTERDOWN, NOREPLICAS, BUSY, CLUSTERDOWN, TRYAGAIN): the command may have been carried
    /// out if the connection went in between; Internal with Redis' words for any other error reply. Called exactly
    /// once, never from within the call that it was given to, and from close() or the destructor at the latest. It may
    /// use, close and delete the connection.
    using Answer = std::function<void(const Result<Reply> &)>;

    explicit Connection(Url url, ConnectionOptions options = {}, QObject *parent = nullptr);
    ~Connection() override;

    /// Starts to connect; opened() follows. Does nothing when it is open or on its way.
    void open();
    /// Answers everything that waits with Unavailable and disconnects. No signal. open() may follow.
    void close();
    /// Connected, logged in and answering, and subscribed if there is what to subscribe to.
    bool isOpen() const;
    /// Why it is not open: the last attempt's fault; empty before the first one ended, and while it is open.
    QString trouble() const;
    int pending() const; ///< Commands that wait for their replies.
    const Url &url() const;

    /// Commands sent in one turn of the event loop leave together; replies come in the order of the commands.
    /// Unavailable while it is not open: nothing is kept for later.
    void send(const QByteArrayList &command, Answer answer);
    /// As EVALSHA, or as EVAL where this connection has not sent the script yet or Redis has forgotten it. In that last
    /// case, after SCRIPT FLUSH, commands that were sent behind it may come first.
    void run(const Script &script, const QByteArrayList &keys, const QByteArrayList &arguments, Answer answer);
    /// MULTI, the commands, EXEC: all or none. The reply is a list of theirs, in which one that failed is a Fault; the
    /// others are carried out nevertheless. One that Redis does not accept fails the whole, with its words.
    void transaction(const QList<QByteArrayList> &commands, Answer answer);
    /// Remembered, and repeated after each reconnect before opened(). A connection that subscribes does nothing else:
    /// what it is given to send is answered Internal. It notices by itself, within 10 s, that a silent Redis has gone
    /// (see ConnectionOptions::silence).
    void subscribe(const QByteArray &channel);

Q_SIGNALS:
    void opened();
    /// After what waited was answered. Also when the first attempt fails; not for further ones.
    void lost(const QString &reason);
    void message(const QByteArray &channel, const QByteArray &payload);

private:
    class Engine;
    Engine *m_engine; ///< Deletes itself after retire().
};

} // namespace quoin::redis
