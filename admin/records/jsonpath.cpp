// SPDX-License-Identifier: GPL-3.0-only
#include "records/jsonpath.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace admin {

std::optional<JsonPath> JsonPath::parse(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.startsWith(u'/'))
        return parsePointer(trimmed);
    JsonPath path;
    path.m_text = trimmed;
    QStringView rest = trimmed;
    while (!rest.isEmpty()) {
        if (!path.parseStep(rest, path.m_steps.isEmpty()))
            return {};
    }
    if (path.m_steps.isEmpty())
        return {};
    return path;
}

bool JsonPath::parseStep(QStringView &rest, bool isFirst)
{
    static const QRegularExpression index(u"^\\[(\\d{1,9})\\]"_s), quoted(u"^\"(?:[^\"\\\\]|\\\\.)*\""_s),
        plain(u"^[^.\\[\\]\"\\s][^.\\[\\]\"]*"_s);
    if (const auto match = index.match(rest.toString()); match.hasMatch()) {
        m_steps << Step{{}, match.captured(1).toLongLong(), false};
        rest = rest.sliced(match.capturedLength());
        return true;
    }
    if (!isFirst) {
        if (rest.first(1) != u".")
            return false;
        rest = rest.sliced(1);
    }
    const QString text = rest.toString();
    if (const auto match = quoted.match(text); match.hasMatch()) {
        m_steps << Step{jsonStringText(match.captured().toUtf8())};
        rest = rest.sliced(match.capturedLength());
        return true;
    }
    const auto match = plain.match(text);
    if (!match.hasMatch())
        return false;
    m_steps << Step{match.captured()};
    rest = rest.sliced(match.capturedLength());
    return true;
}

std::optional<JsonPath> JsonPath::parsePointer(const QString &text)
{
    JsonPath path;
    path.m_text = text;
    for (QString part : text.sliced(1).split(u'/')) {
        bool isNumber = false;
        const auto index = part.toLongLong(&isNumber);
        part.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        path.m_steps << Step{part, isNumber ? index : -1, true};
    }
    return path;
}

JsonPath JsonPath::ofName(const QString &name)
{
    static const QRegularExpression plain(u"^[^.\\[\\]\"/\\s][^.\\[\\]\"]*\\z"_s);
    JsonPath path;
    path.m_steps << Step{name};
    path.m_text = name;
    if (!plain.match(name).hasMatch() || name.trimmed() != name) {
        QString quoted = name;
        path.m_text = u'"' + quoted.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s) + u'"';
    }
    return path;
}

std::optional<JsonToken> JsonPath::inside(QByteArrayView json, const JsonToken &container, const Step &step)
{
    JsonScanner scanner(json.first(container.end), container.begin);
    const JsonKind kind = scanner.next().kind;
    std::optional<JsonToken> found;
    if (kind == JsonKind::ObjectBegin && step.isName) {
        for (JsonToken key = scanner.next(); key.kind == JsonKind::Key; key = scanner.next()) {
            const bool isIt = jsonStringText(json.sliced(key.begin, key.end - key.begin)) == step.name;
            const JsonToken value = scanner.nextValue();
            if (isIt && value.kind != JsonKind::Fault)
                found = value;
        }
    } else if (kind == JsonKind::ArrayBegin && step.index >= 0) {
        for (qsizetype index = 0; index <= step.index; ++index) {
            const JsonToken value = scanner.nextValue();
            if (value.kind == JsonKind::ArrayEnd || value.kind == JsonKind::Fault)
                return {};
            if (index == step.index)
                found = value;
        }
    }
    return found;
}

std::optional<JsonToken> JsonPath::find(QByteArrayView json) const
{
    std::optional<JsonToken> place = JsonToken{JsonKind::ObjectBegin, 0, json.size()};
    for (const Step &step : m_steps) {
        place = inside(json, *place, step);
        if (!place)
            return {};
    }
    return place;
}

QString JsonPath::value(QByteArrayView json, qsizetype longest) const
{
    const auto place = find(json);
    return place ? jsonCell(json, *place, longest) : QString();
}

QString jsonCell(QByteArrayView json, const JsonToken &value, qsizetype longest)
{
    const QByteArrayView text = json.sliced(value.begin, value.end - value.begin);
    if (value.kind == JsonKind::String)
        return jsonStringText(text, longest);
    // A character has at most four bytes; what is cut off was not to be seen.
    return QString::fromUtf8(compactJson(text.first(std::min(text.size(), 4 * longest)))).left(longest);
}

} // namespace admin
