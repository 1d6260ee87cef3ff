// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/canvas.h"

#include "queue/celery/canvastask.h"
#include "queue/celery/jsonobject.h"

#include <QUuid>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

/// Nobody draws more by hand; every level looks at all that is below it.
constexpr int mostLevels = 20;
constexpr qsizetype mostPublished = 10'000;

Error unable(const QString &why) { return Error::invalid(u"What should come next cannot be called: %1"_s.arg(why)); }

QByteArray childValue(const QString &id, const QByteArray &children = QByteArrayLiteral("null"))
{
    return "[[" + json::quoted(id) + ", null], " + children + ']';
}

/// Options of a whole that go to its parts, too: where and when to run, not what comes then or who they are.
void takeOver(Signature &part, const Signature &whole)
{
    static constexpr std::string_view own[]{"task_id", "chain",      "chord",   "group_id", "group_index",
                                            "link",    "link_error", "root_id", "parent_id"};
    for (const auto &[name, value] : whole.options()) {
        const std::string_view key(name.constData(), static_cast<std::size_t>(name.size()));
        if (std::ranges::find(own, key) == std::end(own) && !json::isNull(value))
            part.setOption(key, value);
    }
}

/// What makes a part a member of a chord or group.
void takeMembership(Signature &part, const Signature &whole)
{
    for (const std::string_view name : {"chord", "group_id", "group_index"}) {
        if (const QByteArray value = whole.option(name); !value.isEmpty())
            part.setOption(name, value);
    }
}

} // namespace

Canvas::Canvas(const CanvasGround &ground, QString seed)
    : m_ground(ground)
    , m_seed(std::move(seed))
{
}

QString Canvas::id()
{
    static const QUuid space(u"8f1c6d0e-5d0b-4c43-9a53-6a0f6f2f1f5e"_s);
    return QUuid::createUuidV5(space, m_seed + u'/' + QString::number(m_ids++)).toString(QUuid::WithoutBraces);
}

QByteArray Canvas::queueOf(const Signature &signature) const
{
    const QString queue = signature.textOption("queue");
    if (!queue.isEmpty())
        return queue.toUtf8();
    const QString routingKey = signature.textOption("routing_key");
    return routingKey.isEmpty() ? m_ground.queueFor(signature.task) : routingKey.toUtf8();
}

Result<> Canvas::apply(QByteArrayView text, const Call &call)
{
    const auto signature = Signature::parse(text);
    return signature ? apply(*signature, call) : Result<>(signature.error());
}

Result<> Canvas::apply(const Signature &signature, const Call &call)
{
    const auto child = dispatch(signature, call, 0);
    if (!child)
        return child.error();
    if (!child->isEmpty())
        m_aftermath.children += *child;
    return {};
}

Result<QByteArray> Canvas::dispatch(Signature signature, const Call &call, int depth)
{
    if (depth > mostLevels)
        return unable(u"it is nested more than %1 levels deep."_s.arg(mostLevels));
    if (!call.rootId.isEmpty())
        signature.setTextOption("root_id", call.rootId);
    if (!call.parentId.isEmpty())
        signature.setTextOption("parent_id", call.parentId);
    signature.prepend(call.arguments);
    switch (signature.kind) {
    case SignatureKind::Chain:
        return callChain(signature, call, depth);
    case SignatureKind::Group:
        return callGroup(signature, call, depth);
    case SignatureKind::Chord:
        return callChord(signature, call, depth);
    case SignatureKind::Task:
        break;
    }
    return callTask(signature, call);
}

Result<QByteArray> Canvas::callTask(Signature signature, const Call &call)
{
    auto message = outgoing(signature, m_ground);
    if (!message)
        return message.error();
    const QString given = signature.textOption("task_id");
    message->id = given.isEmpty() ? id() : given;
    message->queue = queueOf(signature);
    message->rootId = signature.textOption("root_id");
    message->parentId = signature.textOption("parent_id");
    const QByteArrayList chain = call.chain + signature.listOption("chain");
    if (!chain.isEmpty())
        message->chain = arrayOf(chain);
    const auto published = publication(*message);
    if (!published)
        return published.error();
    m_bytes += published->envelope.size();
    if (m_aftermath.publications.size() == mostPublished || m_bytes > largestMessage)
        return unable(u"it is more than %1 tasks or %2 bytes at once."_s.arg(mostPublished).arg(largestMessage));
    m_aftermath.publications += *published;
    return childValue(message->id);
}

Result<QByteArray> Canvas::callMembers(const QByteArrayList &members, const QString &group, const QByteArray &body,
                                       const Signature &whole, const Call &call, int depth)
{
    QByteArrayList children;
    for (qsizetype i = 0; i < members.size(); ++i) {
        auto member = Signature::parse(members[i]);
        if (!member)
            return member.error();
        takeOver(*member, whole);
        if (member->option("group_id").isEmpty() || !body.isEmpty())
            member->setTextOption("group_id", group);
        if (!body.isEmpty()) {
            member->setOption("chord", body);
            member->setOption("group_index", QByteArray::number(i));
        }
        const auto child = dispatch(*member, call, depth + 1);
        if (!child)
            return child.error();
        children += *child;
    }
    return childValue(group, arrayOf(children));
}

Result<QByteArray> Canvas::callGroup(Signature group, const Call &call, int depth)
{
    const auto members = group.tasks();
    if (!members)
        return members.error();
    if (members->isEmpty())
        return QByteArray();
    if (!group.option("chord").isEmpty() || !group.option("group_index").isEmpty())
        return unable(u"a group that a chord waits for, inside another group."_s);
    const QString given = group.textOption("task_id");
    // The arguments of the group itself are not those of its members, but what was handed down is.
    return callMembers(*members, given.isEmpty() ? id() : given, {}, group, call, depth);
}

Result<QByteArray> Canvas::callChord(Signature chord, const Call &call, int depth)
{
    const auto members = chord.tasks();
    auto body = chord.body();
    if (!members || !body)
        return members ? body.error() : members.error();
    takeOver(*body, chord);
    takeMembership(*body, chord);
    if (body->option("task_id").isEmpty())
        body->setTextOption("task_id", chord.textOption("task_id").isEmpty() ? id() : chord.textOption("task_id"));
    for (const std::string_view name : {"root_id", "parent_id"}) {
        if (const QByteArray value = chord.option(name); !value.isEmpty())
            body->setOption(name, value);
    }
    const QByteArrayList rest = call.chain + chord.listOption("chain");
    if (members->isEmpty()) {
        body->prepend("[]");
        return dispatch(*body, {.arguments = {}, .chain = rest, .rootId = {}, .parentId = {}}, depth + 1);
    }
    if (!rest.isEmpty())
        body->setOption("chain", arrayOf(rest + body->listOption("chain")));
    qint64 total = 0;
    for (const QByteArray &text : *members) {
        const auto member = Signature::parse(text);
        const auto counted = member ? size(*member, depth) : Result<qint64>(member.error());
        if (!counted)
            return counted.error();
        total += *counted;
    }
    const QString group = chord.headerId().isEmpty() ? id() : chord.headerId();
    m_aftermath.chordSizes += ChordSize{chordKey(group, ".s"), total};
    const QByteArray arguments = chord.isImmutable ? QByteArray() : elementsOf(chord.args).join(", ");
    const Call handed{.arguments = arguments, .chain = {}, .rootId = call.rootId, .parentId = call.parentId};
    return callMembers(*members, group, body->toJson(), chord, handed, depth);
}

/// How many parts a chord's header gets from one of its members.
Result<qint64> Canvas::size(const Signature &signature, int depth) const
{
    if (depth > mostLevels)
        return unable(u"it is nested more than %1 levels deep."_s.arg(mostLevels));
    if (signature.kind == SignatureKind::Task)
        return 1;
    if (signature.kind == SignatureKind::Group)
        return unable(u"a group where the result of one task is waited for."_s);
    if (signature.kind == SignatureKind::Chord) {
        const auto body = signature.body();
        return body ? size(*body, depth + 1) : Result<qint64>(body.error());
    }
    const auto tasks = signature.tasks();
    if (!tasks)
        return tasks.error();
    if (tasks->isEmpty())
        return unable(u"an empty chain where a result is waited for."_s);
    const auto last = Signature::parse(tasks->last());
    return last ? size(*last, depth + 1) : Result<qint64>(last.error());
}

} // namespace quoin::celery
