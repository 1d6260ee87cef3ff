// SPDX-License-Identifier: GPL-3.0-only
#include "admin/eventhub.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr auto commentInterval = 15s; // below the idle limits of what may stand between (nginx: 60 s)
constexpr auto longestStream = 10min; // then the client comes again, and shows its token again

} // namespace

/// One client. Its connection owns it, and asks for a piece when it can take one.
class EventHub::Stream
{
public:
    EventState::Listener listener;
    std::optional<Promise<QByteArray>> promise; ///< A piece that is waited for.
    QDeadlineTimer comment{commentInterval};
    QDeadlineTimer end{longestStream};
    bool isNew = true;
    bool hasEnded = false;
};

EventHub::EventHub(const AdminHost &host, const Services &services)
    : m_host(host)
    , m_services(services)
    , m_self(std::make_shared<EventHub *>(this))
{
    m_timer.setSingleShot(true);
    m_timer.callOnTimeout(this, &EventHub::look);
}

EventHub::~EventHub() { *m_self = nullptr; }

Result<NextPiece> EventHub::listen(const QByteArray &lastId)
{
    std::erase_if(m_streams, [](const auto &stream) { return stream.expired(); });
    if (m_isDraining)
        return Error::unavailable(u"This process is leaving: connect again."_s);
    if (m_streams.size() >= mostListeners)
        return Error::unavailable(u"%1 clients listen already; try again later."_s.arg(mostListeners));
    auto stream = std::make_shared<Stream>();
    stream->listener.cursor = EventCursor::parse(lastId);
    m_streams.push_back(stream);
    if (!m_timer.isActive()) {
        m_state = {}; // of the last time that somebody listened
        m_timer.start(0);
    }
    return NextPiece([self = m_self, stream]() -> Future<QByteArray> {
        return *self ? (*self)->next(*stream) : Result<QByteArray>(QByteArray());
    });
}

Future<QByteArray> EventHub::next(Stream &stream)
{
    if (stream.hasEnded)
        return Result<QByteArray>(QByteArray());
    if (const QByteArray news = newsFor(stream); !news.isEmpty())
        return Result<QByteArray>(news);
    stream.promise.emplace();
    return stream.promise->future();
}

QByteArray EventHub::newsFor(Stream &stream) const
{
    QByteArray news = std::exchange(stream.isNew, false) ? "retry: 1000\n\n"_ba : QByteArray();
    news += m_state.tell(stream.listener);
    if (stream.comment.hasExpired()) {
        stream.comment = QDeadlineTimer(commentInterval);
        news += ": still here\n\n";
    }
    return news;
}

/// What a piece is finished with may bring the next one to be asked for at once, from within.
void EventHub::flush()
{
    for (const auto &weak : std::vector(m_streams)) {
        const auto stream = weak.lock();
        if (!stream || !stream->promise)
            continue;
        stream->hasEnded = stream->hasEnded || stream->end.hasExpired();
        const QByteArray news = stream->hasEnded ? QByteArray() : newsFor(*stream);
        if (news.isEmpty() && !stream->hasEnded)
            continue;
        Promise<QByteArray> promise = *std::move(stream->promise);
        stream->promise.reset();
        promise.finish(news);
    }
}

void EventHub::drain()
{
    m_isDraining = true;
    m_timer.stop();
    for (const auto &weak : m_streams) {
        if (const auto stream = weak.lock())
            stream->hasEnded = true;
    }
    flush();
    m_streams.clear();
}

} // namespace quoin::server
