// SPDX-License-Identifier: GPL-3.0-only
#include "redis/namelookup.h"

#include <QHostAddress>
#include <QMetaObject>

#include <memory>
#include <mutex>
#include <netdb.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>

using namespace Qt::StringLiterals;

namespace quoin::redis {

namespace {

Addresses ask(const QByteArray &name)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    if (const int status = getaddrinfo(name.constData(), nullptr, &hints, &found); status != 0)
        return {{}, QString::fromUtf8(gai_strerror(status))};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);

    Addresses addresses;
    for (const addrinfo *entry = found; entry; entry = entry->ai_next) {
        char text[NI_MAXHOST] = {};
        if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
            addresses.numeric.append(text);
    }
    if (addresses.numeric.isEmpty())
        addresses.fault = u"it has no address"_s;
    return addresses;
}

/// Whom the answer is for. The asking object takes itself out before it goes.
class Asker
{
public:
    explicit Asker(QObject *context)
        : m_context(context)
    {
    }

    void leave()
    {
        const std::lock_guard lock(m_mutex);
        m_context = nullptr;
    }

    void tell(std::function<void()> call)
    {
        const std::lock_guard lock(m_mutex);
        if (m_context)
            QMetaObject::invokeMethod(m_context, std::move(call), Qt::QueuedConnection);
    }

private:
    std::mutex m_mutex;
    QObject *m_context;
};

} // namespace

void lookUp(const QString &host, QObject *context, const std::function<void(const Addresses &)> &done)
{
    if (!QHostAddress(host).isNull()) {
        done({{host.toUtf8()}, {}});
        return;
    }
    const auto asker = std::make_shared<Asker>(context); // Shared with the thread, which may end after the context.
    QObject::connect(context, &QObject::destroyed, [asker] { asker->leave(); });
    try {
        // Detached: a resolver may take half a minute, and nobody should wait for it at the end of the program.
        std::thread([asker, name = host.toUtf8(), done] {
            asker->tell([addresses = ask(name), done] { done(addresses); });
        }).detach();
    } catch (const std::system_error &error) {
        done({{}, QString::fromLocal8Bit(error.what())});
    }
}

} // namespace quoin::redis
