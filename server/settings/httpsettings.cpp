// SPDX-License-Identifier: GPL-3.0-only
#include "settings/httpsettings.h"

#include "settings/settingvalue.h"

#include <variant>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

using http::Limits;
using enum SettingType;

constexpr qint64 second = 1000;
constexpr qint64 hour = 3600 * second;
constexpr qint64 day = 24 * hour;
constexpr qint64 kibibyte = 1 << 10;
constexpr qint64 mebibyte = 1 << 20;
constexpr qint64 gibibyte = 1 << 30;

using Member = std::variant<int Limits::*, long Limits::*, long long Limits::*, Limits::Time Limits::*>;

struct LimitKey
{
    Member member;
    SettingType type;
    QString key;
    qint64 least;
    qint64 most;
    QString help;
};

const QList<LimitKey> &limitKeys()
{
    static const QList<LimitKey> keys{
        {&Limits::requestLine, Size, u"http.max_request_line"_s, 256, mebibyte,
         u"Longest request line; longer is a 414."_s},
        {&Limits::head, Size, u"http.max_head"_s, kibibyte, mebibyte,
         u"Request line and headers together; more is a 431."_s},
        {&Limits::fields, Integer, u"http.max_headers"_s, 8, 10'000, u"Header fields of a request; more is a 431."_s},
        {&Limits::body, Size, u"http.max_body"_s, 0, 4 * gibibyte,
         u"Body of a request, where a route says nothing else; more is a 413."_s},
        {&Limits::bufferedBodies, Size, u"http.max_bodies"_s, mebibyte, 1024 * gibibyte,
         u"All bodies held at one time; more is a 503."_s},
        {&Limits::chunkExtension, Size, u"http.max_chunk_extension"_s, 0, 64 * kibibyte,
         u"Extension of one chunk; more is a 400."_s},
        {&Limits::trailers, Size, u"http.max_trailers"_s, 0, mebibyte, u"Trailers of a chunked body; more is a 431."_s},
        {&Limits::unreadRequests, Size, u"http.max_buffered"_s, kibibyte, 64 * mebibyte,
         u"Bytes taken from a connection ahead of the request at work."_s},
        {&Limits::unsentLow, Size, u"http.max_unsent"_s, kibibyte, 64 * mebibyte,
         u"A streamed answer is continued when less than this waits to be sent."_s},
        {&Limits::headTime, Duration, u"http.head_timeout"_s, 100, hour,
         u"From the first byte of a request to the end of its headers; then 408."_s},
        {&Limits::silentTime, Duration, u"http.silent_timeout"_s, 100, hour,
         u"How long a new connection may send nothing; then 408."_s},
        {&Limits::idleTime, Duration, u"http.idle_timeout"_s, 100, day,
         u"How long a connection is kept between requests."_s},
        {&Limits::bodyGrace, Duration, u"http.body_grace"_s, 100, hour, u"Before http.min_body_rate is asked for."_s},
        {&Limits::bodyRate, Size, u"http.min_body_rate"_s, 0, mebibyte,
         u"Bytes a second that a body must come in at on average; slower is a 408."_s},
        {&Limits::stallTime, Duration, u"http.write_timeout"_s, 100, hour,
         u"How long a client may take nothing of its answer; then it is cut off."_s},
        {&Limits::lingerTime, Duration, u"http.linger"_s, 0, 30 * second,
         u"For a client to read its last answer before the connection closes."_s},
        {&Limits::handlerTime, Duration, u"http.handler_timeout"_s, 10, day,
         u"How long an answer may take, where a route says nothing else; then 504."_s},
        {&Limits::connections, Integer, u"http.max_connections"_s, 1, 1'000'000,
         u"Connections at a time; one more is a 503."_s},
        {&Limits::connectionsPerAddress, Integer, u"http.max_connections_per_ip"_s, 0, 1'000'000,
         u"Connections of one address, loopback exempt; 0: no such limit; one more is a 503."_s},
        {&Limits::waitingJobs, Integer, u"http.max_waiting"_s, 1, 1'000'000,
         u"Requests waiting for a thread; one more is a 503."_s},
    };
    return keys;
}

qint64 numberOf(const Limits &limits, const Member &member)
{
    return std::visit(
        [&limits](auto pointer) -> qint64 {
            if constexpr (std::is_same_v<decltype(pointer), Limits::Time Limits::*>)
                return (limits.*pointer).count();
            else
                return limits.*pointer;
        },
        member);
}

void setNumber(Limits &limits, const Member &member, qint64 number)
{
    std::visit(
        [&](auto pointer) {
            using Value = std::remove_reference_t<decltype(limits.*pointer)>;
            limits.*pointer = static_cast<Value>(number);
        },
        member);
}

} // namespace

QList<SettingKey> httpLimitKeys()
{
    const Limits defaults;
    QList<SettingKey> keys;
    for (const LimitKey &limit : limitKeys()) {
        keys.append({.key = limit.key,
                     .type = limit.type,
                     .defaultText = writtenNumber(limit.type, numberOf(defaults, limit.member)),
                     .help = limit.help,
                     .least = limit.least,
                     .most = limit.most});
    }
    return keys;
}

http::Limits httpLimits(const Settings &settings)
{
    Limits limits;
    for (const LimitKey &limit : limitKeys())
        setNumber(limits, limit.member, settings.integer(limit.key));
    limits.serverTiming = settings.isOn(u"http.server_timing"_s);
    return limits;
}

} // namespace quoin::server
