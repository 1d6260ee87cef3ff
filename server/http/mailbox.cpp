// SPDX-License-Identifier: GPL-3.0-only
#include "http/mailbox.h"

#include <QThread>

#include <sys/eventfd.h>
#include <unistd.h>

namespace quoin::http {

Mailbox::Mailbox(Recipient &recipient)
    : m_home(QThread::currentThreadId())
    , m_wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
    , m_recipient(&recipient)
{
}

Mailbox::~Mailbox() { ::close(m_wake); }

bool Mailbox::isHome() const { return QThread::currentThreadId() == m_home; }

void Mailbox::adopt(Arrival &&arrival)
{
    if (isHome() && m_recipient)
        m_recipient->adoptNow(std::move(arrival));
    else
        put({{}, std::move(arrival)});
}

void Mailbox::put(Letter &&letter)
{
    std::unique_lock lock(m_mutex);
    if (m_closed) {
        lock.unlock();
        take(letter); // drops it, outside the lock: destroying a body's source runs foreign code
        return;
    }
    m_letters.push_back(std::move(letter));
    const bool first = m_letters.size() == 1;
    lock.unlock();
    if (first) // whoever comes later rides along
        wake();
}

void Mailbox::wake() { ::eventfd_write(m_wake, 1); }

void Mailbox::deliverAll()
{
    eventfd_t count = 0;
    ::eventfd_read(m_wake, &count);
    {
        const std::lock_guard lock(m_mutex);
        m_opened.swap(m_letters);
    }
    for (Letter &letter : m_opened)
        take(letter);
    m_opened.clear();
}

void Mailbox::take(Letter &letter)
{
    Recipient *recipient = isHome() ? m_recipient : nullptr;
    if (Arrival *arrival = std::get_if<Arrival>(&letter.content)) {
        if (recipient)
            recipient->adoptNow(std::move(*arrival));
        else
            ::close(arrival->descriptor);
    } else if (recipient) {
        if (Answer *answer = std::get_if<Answer>(&letter.content))
            recipient->deliver(letter.token, std::move(*answer));
        else
            recipient->deliver(letter.token, std::move(std::get<Segment>(letter.content)));
    }
}

bool Mailbox::isEmpty() const
{
    const std::lock_guard lock(m_mutex);
    return m_letters.empty();
}

void Mailbox::close()
{
    m_recipient = nullptr;
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        m_opened.swap(m_letters);
    }
    for (Letter &letter : m_opened)
        take(letter);
    m_opened.clear();
}

} // namespace quoin::http
