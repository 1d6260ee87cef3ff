// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/waiter.h"

#include "queue/queuelog.h"
#include "redis/connection.h"

#include <QElapsedTimer>

#include <algorithm>

namespace quoin::celery {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QByteArray patience = "5"; // seconds of one BLMOVE, so that a connection that died silently is noticed
constexpr std::chrono::milliseconds mostSilence = 10s;

redis::ConnectionOptions waiting()
{
    redis::ConnectionOptions options;
    options.purpose = u"waiter"_s;
    options.timeout = 0ms;
    options.isQuiet = true;
    return options;
}

} // namespace

/// One list and its connection.
class Waiter::Line
{
public:
    Line(const redis::Url &url, QByteArray key, Waiter &waiter)
        : m_key(std::move(key))
        , m_waiter(waiter)
        , m_connection(url, waiting())
    {
        QObject::connect(&m_connection, &redis::Connection::opened, &waiter, [this] { wait(); });
        m_connection.open();
    }

    const QByteArray &key() const { return m_key; }

    void arm()
    {
        m_isArmed = true;
        wait();
    }

    /// Nobody else notices that a blocking command is never answered.
    void check()
    {
        if (!m_isWaiting || std::chrono::milliseconds(m_since.elapsed()) < mostSilence)
            return;
        qCWarning(quoinQueue).noquote().nospace() << "waiter connection is silent, connecting again key=" << m_key;
        m_connection.close();
        m_connection.open();
    }

private:
    void wait()
    {
        if (m_isWaiting || !m_isArmed || !m_connection.isOpen())
            return;
        m_isWaiting = true;
        m_since.start();
        m_connection.send({"BLMOVE", m_key, m_key, "RIGHT", "RIGHT", patience},
                          [this](const Result<redis::Reply> &reply) { answered(reply); });
    }

    void answered(const Result<redis::Reply> &reply)
    {
        m_isWaiting = false;
        if (!reply) { // away: opened() comes; or no list: the claim says so
            if (reply.error().kind() == ErrorKind::Internal)
                m_isArmed = false;
            return;
        }
        if (reply->isNil())
            return wait();
        m_isArmed = false;
        Q_EMIT m_waiter.arrived();
    }

    const QByteArray m_key;
    Waiter &m_waiter;
    bool m_isArmed = false;
    bool m_isWaiting = false;
    QElapsedTimer m_since;
    redis::Connection m_connection; // last: what it answers in its destructor uses the above
};

Waiter::Waiter(redis::Url url, QObject *parent)
    : QObject(parent)
    , m_url(std::move(url))
{
    m_check.callOnTimeout(this, &Waiter::check);
}

Waiter::~Waiter() = default;

void Waiter::watch(const QByteArrayList &keys)
{
    std::vector<std::unique_ptr<Line>> lines;
    for (const QByteArray &key : keys.mid(0, most)) {
        const auto old = std::ranges::find_if(m_lines, [&key](const auto &line) { return line && line->key() == key; });
        lines.push_back(old == m_lines.end() ? std::make_unique<Line>(m_url, key, *this) : std::move(*old));
    }
    m_lines = std::move(lines);
    m_check.start(1s);
}

void Waiter::arm()
{
    for (const auto &line : m_lines)
        line->arm();
}

void Waiter::stop()
{
    m_check.stop();
    m_lines.clear();
}

void Waiter::check()
{
    for (const auto &line : m_lines)
        line->check();
}

} // namespace quoin::celery
