// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/signature.h"

#include "queue/celery/jsonobject.h"
#include "queue/celery/messagefields.h"

#include "json/elements.h"
#include "json/members.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

/// Of one signature; more are no options.
constexpr qsizetype mostOptions = 200;
/// Nobody draws more by hand; every level looks at all that is below it.
constexpr int mostLevels = 20;

Error wrong(const QString &why) { return Error::invalid(u"A signature to be called next is wrong: %1"_s.arg(why)); }

std::optional<SignatureKind> kindOf(const QString &type)
{
    if (type.isEmpty())
        return SignatureKind::Task;
    if (type == "chain"_L1)
        return SignatureKind::Chain;
    if (type == "group"_L1)
        return SignatureKind::Group;
    if (type == "chord"_L1)
        return SignatureKind::Chord;
    return std::nullopt;
}

QByteArray typeText(SignatureKind kind)
{
    switch (kind) {
    case SignatureKind::Task:
        return QByteArrayLiteral("null");
    case SignatureKind::Chain:
        return QByteArrayLiteral("\"chain\"");
    case SignatureKind::Group:
        return QByteArrayLiteral("\"group\"");
    case SignatureKind::Chord:
        break;
    }
    return QByteArrayLiteral("\"chord\"");
}

bool isMissing(QByteArrayView value) { return value.isEmpty() || json::isNull(value); }

/// The tasks of a header: an array, or a group signature.
QByteArrayView headerTasks(QByteArrayView header)
{
    return json::isObject(header) ? json::member(json::member(header, "kwargs"), "tasks") : header;
}

/// Adds what is in the array; of a group in it what is in that, to a sensible depth.
bool addTasks(QByteArrayView array, bool unrollsGroups, int depth, QByteArrayList &tasks)
{
    if (!json::isArray(array) || depth > mostLevels)
        return false;
    for (const QByteArrayView element : json::elements(array)) {
        const bool isGroup = unrollsGroups && json::isObject(element)
            && json::member(element, "subtask_type") == "\"group\"";
        if (!isGroup)
            tasks += element.toByteArray();
        else if (!addTasks(headerTasks(element), true, depth + 1, tasks))
            return false;
    }
    return true;
}

} // namespace

Result<Signature> Signature::parse(QByteArrayView text)
{
    if (!json::isObject(text))
        return wrong(u"it is not an object."_s);
    constexpr std::array<std::string_view, 6> names{"task", "args", "kwargs", "options", "subtask_type", "immutable"};
    std::array<QByteArrayView, 6> values;
    json::pick(text, names, values);
    const auto task = identifier(values[0]);
    const auto kind = kindOf(isMissing(values[4]) ? QString() : looseText(values[4]));
    if (!task || !json::isString(values[0]) || !kind)
        return wrong(u"it names no task or is of an unknown type."_s);
    Signature signature;
    signature.task = *task;
    signature.kind = *kind;
    signature.isImmutable = values[5] == "true";
    if (!isMissing(values[1]))
        signature.args = values[1].toByteArray();
    if (!isMissing(values[2]))
        signature.kwargs = values[2].toByteArray();
    if (!json::isArray(signature.args) || !json::isObject(signature.kwargs))
        return wrong(u"the arguments of %1 are not a list and an object."_s.arg(*task));
    if (isMissing(values[3]))
        return signature;
    if (!json::isObject(values[3]))
        return wrong(u"the options of %1 are not an object."_s.arg(*task));
    for (json::Members option(values[3]); option.next();) {
        if (signature.m_options.size() == mostOptions)
            return wrong(u"%1 has more than %2 options."_s.arg(*task).arg(mostOptions));
        const QByteArray name = option.name().toUtf8();
        signature.setOption({name.constData(), static_cast<std::size_t>(name.size())}, option.value().toByteArray());
    }
    return signature;
}

Signature Signature::chord(const Signature &header, const Signature &body)
{
    JsonObject kwargs;
    kwargs.add("kwargs", QByteArrayLiteral("{}")).add("header", header.toJson()).add("body", body.toJson());
    Signature chord;
    chord.kind = SignatureKind::Chord;
    chord.task = u"celery.chord"_s;
    chord.kwargs = kwargs.take();
    return chord;
}

QByteArray Signature::option(std::string_view name) const
{
    const QByteArrayView wanted(name.data(), static_cast<qsizetype>(name.size()));
    const auto found = std::ranges::find_if(m_options, [&](const auto &option) { return option.first == wanted; });
    return found == m_options.cend() || json::isNull(found->second) ? QByteArray() : found->second;
}

QString Signature::textOption(std::string_view name) const
{
    const QByteArray value = option(name);
    return json::isString(value) ? json::unquoted(value) : QString();
}

std::optional<qint64> Signature::integerOption(std::string_view name) const { return integer(option(name)); }

QByteArrayList Signature::listOption(std::string_view name) const
{
    const QByteArray value = option(name);
    return json::isObject(value) ? QByteArrayList{value} : elementsOf(value);
}

void Signature::setOption(std::string_view name, const QByteArray &value)
{
    const QByteArrayView wanted(name.data(), static_cast<qsizetype>(name.size()));
    const auto found = std::ranges::find_if(m_options, [&](const auto &option) { return option.first == wanted; });
    if (found != m_options.end())
        found->second = value;
    else
        m_options.append({wanted.toByteArray(), value});
}

void Signature::setTextOption(std::string_view name, const QString &value) { setOption(name, json::quoted(value)); }

Result<> Signature::link(const QByteArrayList &callbacks)
{
    if (kind == SignatureKind::Group && !callbacks.isEmpty())
        return wrong(u"a group cannot have a callback; make it a chord."_s);
    return addLinks("link", callbacks, 0);
}

Result<> Signature::linkErrors(const QByteArrayList &errbacks) { return addLinks("link_error", errbacks, 0); }

Result<> Signature::addLinks(std::string_view option, const QByteArrayList &links, int depth)
{
    if (links.isEmpty())
        return {};
    if (depth > mostLevels)
        return wrong(u"it is nested more than %1 levels deep."_s.arg(mostLevels));
    if (kind == SignatureKind::Group)
        return addLinksToTasks(option, links, depth);
    if (kind != SignatureKind::Chord) {
        setOption(option, arrayOf(listOption(option) + links));
        return {};
    }
    auto body = this->body();
    if (!body)
        return body.error();
    if (const auto linked = body->addLinks(option, links, depth + 1); !linked)
        return linked;
    kwargs = json::withMember(kwargs, "body", body->toJson());
    return {};
}

Result<> Signature::addLinksToTasks(std::string_view option, const QByteArrayList &links, int depth)
{
    const auto members = tasks();
    if (!members)
        return members.error();
    QByteArrayList linked;
    for (const QByteArray &text : *members) {
        auto member = parse(text);
        if (!member)
            return member.error();
        if (const auto done = member->addLinks(option, links, depth + 1); !done)
            return done;
        linked += member->toJson();
    }
    kwargs = json::withMember(kwargs, "tasks", arrayOf(linked));
    return {};
}

Result<QByteArrayList> Signature::tasks() const
{
    const bool isChord = kind == SignatureKind::Chord;
    const QByteArrayView list = isChord ? headerTasks(json::member(kwargs, "header")) : json::member(kwargs, "tasks");
    QByteArrayList tasks;
    if (!addTasks(list, kind != SignatureKind::Chain, 0, tasks))
        return wrong(u"the tasks of a %1 are not a list."_s.arg(task));
    return tasks;
}

Result<Signature> Signature::body() const { return parse(json::member(kwargs, "body")); }

QString Signature::headerId() const
{
    const QByteArrayView header = json::member(kwargs, "header");
    if (!json::isObject(header))
        return {};
    const QByteArrayView options = json::member(header, "options");
    return json::isObject(options) ? looseText(json::member(options, "task_id")) : QString();
}

void Signature::prepend(const QByteArray &elements)
{
    if (isImmutable || elements.isEmpty())
        return;
    const QByteArray own = args.trimmed().sliced(1).chopped(1).trimmed();
    args = '[' + elements + (own.isEmpty() ? "" : ", ") + own + ']';
}

QByteArray Signature::toJson() const
{
    QByteArray options;
    for (const auto &[name, value] : m_options) {
        options.append(options.isEmpty() ? "" : ", ").append(json::quoted(QString::fromUtf8(name))).append(": ");
        options.append(value);
    }
    JsonObject object;
    object.addText("task", task).add("args", args).add("kwargs", kwargs).add("options", '{' + options + '}');
    return object.add("subtask_type", typeText(kind)).add("immutable", isImmutable).take();
}

QByteArray arrayOf(const QByteArrayList &elements) { return '[' + elements.join(", ") + ']'; }

QByteArrayList elementsOf(QByteArrayView array)
{
    QByteArrayList texts;
    if (!json::isArray(array))
        return texts;
    for (const QByteArrayView element : json::elements(array))
        texts += element.toByteArray();
    return texts;
}

} // namespace quoin::celery
