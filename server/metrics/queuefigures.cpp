// SPDX-License-Identifier: GPL-3.0-only
#include "metrics/queuefigures.h"

using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr auto shortestRest = 1000ms;
constexpr int restFactor = 20; // of the time one thread of the database has, at most a twentieth goes into this

} // namespace

QueueFigures::QueueFigures(Database database)
    : m_tasks(database)
    , m_mailbox(std::make_shared<queue::Mailbox>(this))
{
    m_patience.setSingleShot(true);
    m_patience.callOnTimeout(this, [this] { finish({}); });
}

QueueFigures::~QueueFigures()
{
    m_mailbox->close();
    finish({});
}

Future<QueueFigures::Figures> QueueFigures::latest(std::chrono::milliseconds patience)
{
    if (!m_isAsking && m_known && m_asked.elapsed() < m_rest.count())
        return Result<Figures>(m_known);
    Promise<Figures> promise;
    Future<Figures> future = promise.future();
    m_waiting.push_back(std::move(promise));
    if (!m_patience.isActive())
        m_patience.start(patience);
    if (!m_isAsking)
        ask();
    return future;
}

void QueueFigures::ask()
{
    m_isAsking = true;
    m_asked.start();
    m_tasks.figures().then([this, mailbox = m_mailbox](const Result<queue::TaskAdmin::Figures> &figures) {
        mailbox->post([this, figures] { answered(figures); });
    });
}

void QueueFigures::answered(const Result<queue::TaskAdmin::Figures> &figures)
{
    m_isAsking = false;
    m_rest = std::max(shortestRest, restFactor * std::chrono::milliseconds(m_asked.elapsed()));
    m_known = figures ? Figures(*figures) : Figures();
    finish(m_known);
}

void QueueFigures::finish(const Figures &figures)
{
    m_patience.stop();
    for (Promise<Figures> &promise : std::exchange(m_waiting, {}))
        promise.finish(figures);
}

} // namespace quoin::server
