// SPDX-License-Identifier: GPL-3.0-only
#include "wordsharness.h"

#include "queue/celery/controlwords.h"
#include "queue/celery/embed.h"
#include "queue/celery/eventwords.h"
#include "queue/celery/isotime.h"
#include "queue/celery/pythonrepr.h"
#include "json/check.h"
#include "json/members.h"
#include "json/text.h"

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;

namespace {

const CanvasGround ground{1, u"node"_s, [](const QString &) { return QByteArray("q"); }};

std::string unsound(const char *what, const QByteArray &envelope)
{
    const auto message = parseMessage(envelope);
    if (!message)
        return std::string(what) + ": " + message.error().message().toStdString();
    return message->standing == Standing::Sound ? "" : std::string(what) + ": " + message->refusal.toStdString();
}

std::string publishedFault(const Aftermath &aftermath)
{
    for (const Publication &publication : aftermath.publications) {
        if (const std::string fault = unsound("published", publication.envelope); !fault.empty())
            return fault;
    }
    for (const ResultWrite &result : aftermath.results) {
        if (!parseResult(result.text))
            return "a result that is none";
    }
    for (const ChordPart &part : aftermath.parts) {
        const std::string fault = publishedFault(afterChord(part, {part.part, part.part}, ground));
        if (!fault.empty())
            return "after a chord: " + fault;
    }
    for (const QByteArray &child : aftermath.children) {
        if (json::check(child))
            return "a child that is not JSON";
    }
    return {};
}

std::string messageFault(const Message &message)
{
    if (message.id.isEmpty() || message.task.isEmpty() || message.rootId.isEmpty() || message.tag.isEmpty())
        return "a message without identity";
    if (message.standing != Standing::Sound)
        return message.refusal.isEmpty() ? "a refusal without reason" : "";
    const auto again = retryPublication(message, "q", 1, u"node"_s);
    if (!again)
        return "no retry: " + again.error().message().toStdString();
    if (const std::string fault = unsound("retry", again->envelope); !fault.empty())
        return fault;
    const auto retry = parseMessage(again->envelope);
    if (retry->args != message.args || retry->kwargs != message.kwargs || retry->retries != message.retries + 1)
        return "a retry of something else";
    const auto redelivered = parseMessage(redeliveredEnvelope(message.raw));
    if (!redelivered || !redelivered->redelivered || redelivered->id != message.id || redelivered->args != message.args)
        return "a redelivery of something else";
    if (json::check(taskReceived({u"node"_s, 1, 1, 1}, message)))
        return "an event that is not JSON";
    if (const auto after = afterSuccess(message, "null", ground); after) {
        if (const std::string fault = publishedFault(*after); !fault.empty())
            return "after success: " + fault;
    }
    if (const std::string fault = publishedFault(afterFailure(message, {}, ground)); !fault.empty())
        return "after failure: " + fault;
    return publishedFault(afterRevocation(message, u"revoked"_s));
}

std::string readFault(const QByteArray &bytes)
{
    const auto message = parseMessage(bytes);
    return message ? messageFault(*message) : message.error().message().isEmpty() ? "an error without reason" : "";
}

QByteArray asBodyOf(const QByteArray &bytes, const char *headers)
{
    return QByteArray(R"({"body":")") + bytes.toBase64() + R"(","content-type":"application/json","headers":)" + headers
        + R"(,"properties":{"body_encoding":"base64","delivery_tag":"t","delivery_info":{"exchange":"","routing_key":"q"}}})";
}

std::string jsonFault(const QByteArray &json)
{
    pythonRepr(json);
    pythonFault(json);
    if (!json::isObject(json.trimmed()))
        return {};
    const QByteArray edited = json::withMember(json, "redelivered", "true");
    if (json::check(edited, json::largestDepth) || json::member(edited, "redelivered") != "true")
        return "an edit that spoils";
    return {};
}

} // namespace

std::string wordsFault(const QByteArray &bytes)
{
    for (const char *headers : {"{}", R"({"task":"a","id":"b"})", R"({"task":"a","id":"b","compression":"zlib"})"}) {
        if (const std::string fault = readFault(asBodyOf(bytes, headers)); !fault.empty())
            return fault;
    }
    if (const std::string fault = readFault(bytes); !fault.empty())
        return fault;
    static_cast<void>(parseControlCommand(bytes));
    static_cast<void>(parseResult(bytes));
    static_cast<void>(parseIsoTime(bytes));
    const bool wasJson = !json::check(bytes);
    if (wasJson && json::check(redeliveredEnvelope(bytes), json::largestDepth))
        return "marks that spoil";
    return wasJson ? jsonFault(bytes) : "";
}
