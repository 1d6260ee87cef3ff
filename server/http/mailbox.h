// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/answer.h"

#include <Qt>
#include <QtGlobal>

#include <mutex>
#include <variant>
#include <vector>

namespace quoin::http {

/// Names one exchange of one connection without pointing at it: what arrives for an exchange that is over finds nobody.
struct Token
{
    quint32 slot = 0;
    quint32 sequence = 0;
    quint64 connection = 0;
};

/// A connection that is to be served.
struct Arrival
{
    int descriptor = -1;
    QByteArray note; ///< Peer::toNote(); empty: no byte of it was read yet.
};

/// Who reads a mailbox, on one thread.
class Recipient
{
public:
    /// Whether the recipient can take something for this exchange at once, instead of on its next turn.
    virtual bool isReadyFor(const Token &token) const = 0;
    virtual void deliver(const Token &token, Answer &&answer) = 0;
    virtual void deliver(const Token &token, Segment &&segment) = 0;
    virtual void adoptNow(Arrival &&arrival) = 0;

protected:
    ~Recipient() = default;
};

/// Takes what other threads have for a loop, and wakes it once for a batch. Outlives the loop as long as anybody has a
/// reply to give. Any thread, unless it says otherwise.
class Mailbox
{
public:
    /// On the recipient's thread.
    explicit Mailbox(Recipient &recipient);
    Mailbox(const Mailbox &) = delete;
    Mailbox &operator=(const Mailbox &) = delete;
    ~Mailbox();

    template <class Thing>
    void post(const Token &token, Thing thing)
    {
        if (isHome() && m_recipient && m_recipient->isReadyFor(token))
            m_recipient->deliver(token, std::move(thing));
        else
            put({token, std::move(thing)});
    }
    /// The descriptor is the mailbox's, and then the recipient's or closed.
    void adopt(Arrival &&arrival);

    // On the recipient's thread.
    int wakeDescriptor() const { return m_wake; }
    void deliverAll(); ///< What is there at the call.
    bool isEmpty() const;
    void wake();  ///< Another turn, though nothing came.
    void close(); ///< The recipient is going; from now on everything is dropped.

private:
    struct Letter
    {
        Token token;
        std::variant<Answer, Segment, Arrival> content;
    };

    bool isHome() const;
    void put(Letter &&letter);
    void take(Letter &letter);

    const Qt::HANDLE m_home;
    const int m_wake;
    Recipient *m_recipient;       ///< Touched on its thread only.
    std::vector<Letter> m_opened; ///< Keeps its capacity; on the recipient's thread only.
    mutable std::mutex m_mutex;
    std::vector<Letter> m_letters; ///< Guarded by m_mutex.
    bool m_closed = false;         ///< Guarded by m_mutex.
};

} // namespace quoin::http
