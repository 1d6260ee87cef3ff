// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/connection.h"
#include "redis/dialer.h"
#include "redis/link.h"
#include "redis/pipeline.h"

#include <QElapsedTimer>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <memory>
#include <utility>
#include <vector>

namespace quoin::redis {

/// What a Connection is made of. It may outlive the Connection for a turn of the event loop, in which it does nothing:
/// an answer may delete the Connection while this is at work below it on the stack.
class Connection::Engine final : public QObject
{
    Q_OBJECT

public:
    Engine(Connection *connection, Url url, ConnectionOptions options);

    void open();
    void close();
    void retire(); ///< The Connection goes. Answers everything, and deletes itself.

    bool isOpen() const { return m_state == State::Open; }
    QString trouble() const { return m_trouble; }
    int pending() const { return static_cast<int>(m_pipeline.size()); }
    const Url &url() const { return m_url; }

    void send(const QByteArrayList &command, Answer answer);
    void run(const Script &script, const QByteArrayList &keys, const QByteArrayList &arguments, Answer answer);
    void transaction(const QList<QByteArrayList> &commands, Answer answer);
    void subscribe(const QByteArray &channel);

private:
    enum class State { Closed, Pausing, Dialing, Greeting, Open };
    /// Why there is no connection. A refusal (a password, a database) does not pass by itself, and is told also if the
    /// log has an outage already.
    enum class Cause { Away, Refused };
    struct Refused
    {
        Answer answer;
        Error error;
    };
    class Busy;

    // enginestate.cpp: from closed to open and back.
    void dial();
    void onConnected();
    void becomeOpen();
    void lose(const QString &reason, Cause cause = Cause::Away);
    void pause();
    void dropLink();
    void tellLoss(Cause cause);
    void tellReturn();

    // enginegreeting.cpp
    void greet();
    void onLoggedIn(const Result<Reply> &result);
    void onSelected(const Result<Reply> &result);
    void onPinged(const Result<Reply> &result);
    void subscribeAll();
    void subscribeNow(const QByteArray &channel);
    void onSubscribed(const Result<Reply> &result);

    // engine.cpp: commands and replies.
    bool mayTake(qsizetype count, const Answer &answer);
    void enqueue(const QByteArrayList &command, Answer answer, Pipeline::Role role = Pipeline::Role::Alone);
    void refuse(Answer answer, Error error);
    void deliverRefused();
    void onReadable();
    void onReply(const redisReply &reply);
    bool takeMessage(const Result<Reply> &result);

    // enginewatch.cpp: a Redis that hangs.
    std::chrono::milliseconds patience() const;
    std::chrono::milliseconds commandLimit() const;
    void onLate();
    void watch();
    void onWatch();
    bool hasMoved();
    void listen();
    void onSilence();

    Connection *m_connection; ///< Null once it has gone.
    const Url m_url;
    const ConnectionOptions m_options;
    State m_state = State::Closed;
    int m_depth = 0; ///< Handlers of this that are on the stack.

    Dialer *m_dialer = nullptr; ///< A child.
    std::unique_ptr<Link> m_link;
    Pipeline m_pipeline;
    std::vector<Refused> m_refused; ///< To be answered from the event loop.
    QSet<QByteArray> m_scripts;     ///< Sent on this link.
    QByteArrayList m_channels;
    qsizetype m_unconfirmed = 0; ///< Channels.

    QElapsedTimer m_clock;
    QTimer m_retry;
    QTimer m_deadline; ///< Of the greeting.
    QTimer m_watch;
    QTimer m_silence; ///< Of a connection that subscribes.
    std::chrono::milliseconds m_pause;
    qint64 m_openedAt = 0;
    qint64 m_arrivals = 0;   ///< Rises whenever something arrives or goes out at last.
    qint64 m_suspected = -1; ///< m_arrivals when the oldest command became too old.
    int m_inTransit = 0;     ///< Link::inTransit() then.
    qint64 m_heard = -1;     ///< m_arrivals when m_silence looked last.

    QString m_trouble;
    bool m_isAway = false;      ///< The present outage has been told.
    bool m_refusalTold = false; ///< And that it is a refusal.
};

} // namespace quoin::redis
