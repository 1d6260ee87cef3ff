// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/messagefields.h"

#include "queue/celery/isotime.h"
#include "queue/celery/pythonrepr.h"

#include "json/elements.h"
#include "json/members.h"
#include "json/text.h"

#include <QHash>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Field::Count)> names{
    "task",      "id",      "shadow",    "eta",       "expires",    "group",  "group_index",   "retries",
    "timelimit", "root_id", "parent_id", "argsrepr",  "kwargsrepr", "origin", "ignore_result", "redelivered",
    "taskset",   "args",    "kwargs",    "callbacks", "errbacks",   "chord",  "chain"};

constexpr qsizetype longestIdentifier = 255;

/// More would be a data set and not a call; each costs some memory.
constexpr qsizetype mostArguments = 10'000;

bool isPlain(const QString &text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c.unicode() < 0x20 || c.unicode() == 0x7f)
            return false;
        if (c.isSurrogate() && (c.isLowSurrogate() || ++i == text.size() || !text[i].isLowSurrogate()))
            return false;
    }
    return true;
}

std::optional<Refusal> readMoment(QByteArrayView value, const QString &name, std::optional<qint64> &moment)
{
    if (value.isEmpty())
        return std::nullopt;
    if (json::isString(value))
        moment = parseIsoTime(json::unquoted(value).left(100).toUtf8());
    if (!moment)
        return Refusal::malformed(u"The header %1 is not an ISO 8601 time."_s.arg(name));
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> duration(QByteArrayView seconds)
{
    const double value = seconds.toDouble();
    // Zero is no limit, as in Celery. A year is for ever.
    if (!(value > 0) || value > 365 * 86400.0)
        return std::nullopt;
    return std::chrono::milliseconds(std::max<qint64>(1, std::llround(value * 1000)));
}

/// [hard, soft], numbers or nulls.
std::optional<Refusal> readLimits(QByteArrayView value, Message &message)
{
    if (value.isEmpty())
        return std::nullopt;
    const auto malformed = Refusal::malformed(u"The header timelimit is not [hard, soft] in seconds."_s);
    if (!json::isArray(value))
        return malformed;
    const QList<QByteArrayView> limits = json::elements(value, 3);
    if (limits.size() != 2)
        return malformed;
    for (const QByteArrayView limit : limits) {
        if (!json::isNull(limit) && !json::isNumber(limit))
            return malformed;
    }
    message.hardLimit = duration(limits[0]);
    message.softLimit = duration(limits[1]);
    return std::nullopt;
}

std::optional<Refusal> readRetries(QByteArrayView value, Message &message)
{
    if (value.isEmpty())
        return std::nullopt;
    const auto retries = integer(value);
    if (!retries || *retries < 0 || *retries > std::numeric_limits<int>::max() - 1)
        return Refusal::malformed(u"The header retries is not a count."_s);
    message.retries = static_cast<int>(*retries);
    return std::nullopt;
}

QByteArray repr(QByteArrayView sent)
{
    return json::isString(sent) ? json::unquoted(sent).left(longestRepr + 100).toUtf8() : QByteArray();
}

/// An array of signatures; of a single one the array with it. Null if there is nothing to do.
std::optional<Refusal> readSignatures(QByteArrayView value, const QString &name, QByteArray &signatures)
{
    if (value.isEmpty())
        return std::nullopt;
    if (json::isObject(value)) {
        signatures = '[' + value.toByteArray() + ']';
        return std::nullopt;
    }
    if (!json::isArray(value))
        return Refusal::malformed(u"The message's %1 is not a list of signatures."_s.arg(name));
    if (!json::elements(value, 1).isEmpty())
        signatures = value.toByteArray();
    return std::nullopt;
}

std::optional<Refusal> readPositional(QByteArrayView value, Message &message)
{
    if (!json::isArray(value))
        return Refusal::malformed(u"The positional arguments are not a list."_s);
    const QList<QByteArrayView> elements = json::elements(value, mostArguments + 1);
    if (elements.size() > mostArguments)
        return Refusal::foreign(u"There are more than %1 positional arguments."_s.arg(mostArguments));
    message.args = value.toByteArray();
    message.arguments.reserve(elements.size());
    for (const QByteArrayView element : elements)
        message.arguments.append(element.toByteArray());
    return std::nullopt;
}

std::optional<Refusal> readKeywords(QByteArrayView value, Message &message)
{
    if (!json::isObject(value))
        return Refusal::malformed(u"The keyword arguments are not an object."_s);
    QHash<QString, qsizetype> places;
    for (json::Members members(value); members.next();) {
        if (places.size() == mostArguments)
            return Refusal::foreign(u"There are more than %1 keyword arguments."_s.arg(mostArguments));
        const QString name = members.name();
        const auto place = places.constFind(name);
        if (place != places.cend()) {
            message.keywordArguments[*place].second = members.value().toByteArray();
            continue;
        }
        places.insert(name, message.keywordArguments.size());
        message.keywordArguments.append({name, members.value().toByteArray()});
    }
    message.kwargs = value.toByteArray();
    return std::nullopt;
}

} // namespace

void Fields::pick(QByteArrayView object, std::size_t first, std::size_t behind)
{
    const std::span wanted(names.begin() + first, names.begin() + behind);
    const std::span values(m_values.begin() + first, m_values.begin() + behind);
    json::pick(object, wanted, values);
    for (QByteArrayView &value : values) {
        if (json::isNull(value))
            value = {};
    }
}

void Fields::takeHeaders(QByteArrayView headers) { pick(headers, 0, firstOfBody); }

void Fields::takeOld(QByteArrayView body)
{
    set(Field::Args, "[]");
    set(Field::Kwargs, "{}");
    pick(body, 0, static_cast<std::size_t>(Field::Chain)); // it had no chains
}

void Fields::takeEmbed(QByteArrayView embed)
{
    constexpr auto first = static_cast<std::size_t>(Field::Callbacks);
    constexpr auto behind = static_cast<std::size_t>(Field::Count);
    if (json::isObject(embed))
        pick(embed, first, behind);
}

QByteArrayView Fields::operator[](Field field) const { return m_values[static_cast<std::size_t>(field)]; }

std::optional<QString> identifier(QByteArrayView value)
{
    const QString text = looseText(value);
    if (text.isEmpty() || text.size() > longestIdentifier || !isPlain(text))
        return std::nullopt;
    return text;
}

QString looseText(QByteArrayView value)
{
    if (json::isString(value))
        return json::unquoted(value);
    return json::isNumber(value) ? QString::fromLatin1(value) : QString();
}

std::optional<qint64> integer(QByteArrayView value)
{
    bool isInteger = false;
    const qint64 number = value.toLongLong(&isInteger);
    if (isInteger)
        return number;
    if (!json::isNumber(value))
        return std::nullopt;
    const double real = value.toDouble();
    constexpr double exact = 9007199254740992.0; // 2^53
    if (!(std::abs(real) <= exact) || std::trunc(real) != real)
        return std::nullopt;
    return static_cast<qint64>(real);
}

std::optional<Refusal> readFields(const Fields &fields, Message &message)
{
    if (const auto refusal = readMoment(fields[Field::Eta], u"eta"_s, message.eta))
        return refusal;
    if (const auto refusal = readMoment(fields[Field::Expires], u"expires"_s, message.expires))
        return refusal;
    if (const auto refusal = readRetries(fields[Field::Retries], message))
        return refusal;
    if (const auto refusal = readLimits(fields[Field::TimeLimit], message))
        return refusal;
    if (message.expires)
        message.expiresText = json::unquoted(fields[Field::Expires]).toUtf8();
    message.group = looseText(fields[fields.has(Field::Group) ? Field::Group : Field::TaskSet]);
    message.groupIndex = integer(fields[Field::GroupIndex]);
    message.rootId = looseText(fields[Field::RootId]);
    if (message.rootId.isEmpty())
        message.rootId = message.id;
    message.parentId = looseText(fields[Field::ParentId]);
    message.shadow = looseText(fields[Field::Shadow]);
    message.origin = looseText(fields[Field::Origin]);
    message.ignoreResult = fields[Field::IgnoreResult] == "true";
    message.redelivered = message.redelivered || fields[Field::Redelivered] == "true";
    message.argsRepr = repr(fields[Field::ArgsRepr]);
    message.kwargsRepr = repr(fields[Field::KwargsRepr]);
    return std::nullopt;
}

std::optional<Refusal> readArguments(const Fields &fields, Message &message)
{
    if (const auto refusal = readPositional(fields[Field::Args], message))
        return refusal;
    if (const auto refusal = readKeywords(fields[Field::Kwargs], message))
        return refusal;
    if (const auto refusal = readSignatures(fields[Field::Callbacks], u"callbacks"_s, message.callbacks))
        return refusal;
    if (const auto refusal = readSignatures(fields[Field::Errbacks], u"errbacks"_s, message.errbacks))
        return refusal;
    if (const auto refusal = readSignatures(fields[Field::Chain], u"chain"_s, message.chain))
        return refusal;
    if (fields.has(Field::Chord)) {
        if (!json::isObject(fields[Field::Chord]))
            return Refusal::malformed(u"The message's chord is not a signature."_s);
        message.chord = fields[Field::Chord].toByteArray();
    }
    if (message.argsRepr.isEmpty())
        message.argsRepr = pythonTupleRepr(message.args);
    if (message.kwargsRepr.isEmpty())
        message.kwargsRepr = pythonRepr(message.kwargs);
    return std::nullopt;
}

} // namespace quoin::celery
