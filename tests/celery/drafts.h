// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "json/members.h"

#include <QByteArray>

#include <initializer_list>
#include <string_view>

/// Task messages that tests take apart and spoil.
namespace drafts {

using Path = std::initializer_list<std::string_view>;

/// As a client of Celery 5.2.6 pushed it for add.apply_async((2, 3)), byte for byte.
inline QByteArray captured()
{
    return QByteArrayLiteral(
        R"x({"body": "W1syLCAzXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d", )x"
        R"x("content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "app.add", )x"
        R"x("id": "11111111-1111-1111-1111-111111111111", "shadow": null, "eta": null, "expires": null, "group": null, )x"
        R"x("group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "11111111-1111-1111-1111-111111111111", )x"
        R"x("parent_id": null, "argsrepr": "(2, 3)", "kwargsrepr": "{}", "origin": "gen13313@vm", "ignore_result": false}, )x"
        R"x("properties": {"correlation_id": "11111111-1111-1111-1111-111111111111", "reply_to": )x"
        R"x("6acc926d-59f3-3895-9900-68c3ec3f8f4f", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": )x"
        R"x("celery"}, "priority": 0, "body_encoding": "base64", "delivery_tag": "6ec1e1d8-e534-4fb5-b18a-a5dd1430eb49"}})x");
}

/// The smallest that ran everywhere.
inline QByteArray smallest()
{
    return R"({"body": "W1syLDNdLHt9LHt9XQ==", "content-encoding": "utf-8", "content-type": "application/json", )"
           R"("headers": {"task": "app.add", "id": "i"}, "properties": {"body_encoding": "base64", )"
           R"("delivery_tag": "t", "delivery_info": {"exchange": "", "routing_key": "celery"}}})";
}

inline QByteArray withAt(const QByteArray &object, const std::string_view *name, const std::string_view *last,
                         const QByteArray &value)
{
    if (name == last)
        return quoin::json::withMember(object, *name, value);
    const QByteArray inner = quoin::json::member(object, *name).toByteArray();
    return quoin::json::withMember(object, *name, withAt(inner, name + 1, last, value));
}

/// The message with the member at this path set.
inline QByteArray with(const QByteArray &message, Path path, const QByteArray &value)
{
    return withAt(message, path.begin(), path.end() - 1, value);
}

inline QByteArray withoutMember(const QByteArray &object, std::string_view name)
{
    QByteArray text;
    for (quoin::json::Members member(object); member.next();) {
        if (!member.isNamed(name))
            text += (text.isEmpty() ? "" : ", ") + member.nameText().toByteArray() + ": "
                + member.value().toByteArray();
    }
    return '{' + text + '}';
}

/// The message without the member at this path.
inline QByteArray without(const QByteArray &message, Path path)
{
    if (path.size() == 1)
        return withoutMember(message, *path.begin());
    const QByteArray outer = quoin::json::member(message, *path.begin()).toByteArray();
    if (path.size() == 2)
        return with(message, {*path.begin()}, withoutMember(outer, path.begin()[1]));
    const QByteArray inner = quoin::json::member(outer, path.begin()[1]).toByteArray();
    return with(message, {path.begin()[0], path.begin()[1]}, withoutMember(inner, path.begin()[2]));
}

inline QByteArray withBody(const QByteArray &message, const QByteArray &body)
{
    return with(message, {"body"}, '"' + body.toBase64() + '"');
}

} // namespace drafts
