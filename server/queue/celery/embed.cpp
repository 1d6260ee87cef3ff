// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/embed.h"

#include "queue/celery/canvas.h"
#include "queue/celery/jsonobject.h"

#include "json/check.h"
#include "json/elements.h"
#include "json/members.h"

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

QByteArray partText(const QString &id, const char *state, QByteArrayView result)
{
    return "[1, " + json::quoted(id) + ", \"" + state + "\", " + result.toByteArray() + ']';
}

void addPart(const Message &message, const char *state, QByteArrayView result, Aftermath &aftermath)
{
    if (message.chord.isEmpty() || message.group.isEmpty())
        return;
    aftermath.parts += ChordPart{.group = message.group,
                                 .index = message.groupIndex,
                                 .part = partText(message.id, state, result),
                                 .body = message.chord,
                                 .task = message.id,
                                 .rootId = message.rootId};
}

/// The rest of a chain that will not run. Each of it that somebody may wait for fails in the same way, and counts as
/// failed in a chord that it is of; of a chord the body is what is waited for.
void failRest(QByteArrayList rest, const TaskFault &fault, qint64 now, Aftermath &aftermath)
{
    for (qsizetype i = 0; i < rest.size(); ++i) {
        const auto step = Signature::parse(rest[i]);
        if (!step)
            continue;
        const QString id = step->textOption("task_id");
        const QString group = step->textOption("group_id");
        if (!id.isEmpty()) {
            const ResultOwner owner{id, step->textOption("parent_id"), group, {}};
            aftermath.results += ResultWrite{id, failureText(owner, fault, now)};
        }
        if (const QByteArray chord = step->option("chord"); !chord.isEmpty() && !id.isEmpty() && !group.isEmpty())
            aftermath.parts += ChordPart{
                group, step->integerOption("group_index"), partText(id, "FAILURE", fault.json()), chord,
                id,    step->textOption("root_id")};
        if (step->kind == SignatureKind::Chord) {
            if (const auto body = step->body())
                rest += body->toJson();
        }
    }
}

/// Errbacks get the id of what failed. Each on its own: one that cannot be called does not keep the others.
void callErrbacks(const QByteArrayList &errbacks, const QString &failed, const QString &root,
                  const CanvasGround &ground, Aftermath &aftermath, QStringList *told)
{
    int number = 0;
    for (const QByteArray &errback : errbacks) {
        Canvas canvas(ground, failed + u"/errback"_s + QString::number(number++));
        const Canvas::Call call{.arguments = json::quoted(failed), .chain = {}, .rootId = root, .parentId = failed};
        if (const auto called = canvas.apply(errback, call); !called) {
            if (told != nullptr)
                *told += called.error().message();
            continue;
        }
        aftermath.chordSizes += canvas.aftermath().chordSizes;
        aftermath.publications += canvas.aftermath().publications;
        aftermath.children += canvas.aftermath().children;
    }
}

/// The results of a complete header as elements, or why there are none.
Result<QByteArray> headerResults(const QByteArrayList &parts)
{
    QByteArrayList results;
    for (const QByteArray &part : parts) {
        const bool isPart = !json::check(part, json::largestDepth) && json::isArray(part);
        const auto fields = isPart ? json::elements(part, 4) : QList<QByteArrayView>();
        if (fields.size() != 4 || !json::isString(fields[1]) || !json::isString(fields[2]))
            return Error::invalid(u"Join error: a part of the header cannot be read"_s);
        const QString state = json::unquoted(fields[2]);
        if (state == "FAILURE"_L1 || state == "REVOKED"_L1) {
            return Error::invalid(u"Dependency %1 raised %2"_s.arg(json::unquoted(fields[1]),
                                                                   QString::fromUtf8(faultOf(fields[3]).repr())));
        }
        results += fields[3].toByteArray();
    }
    return arrayOf(results);
}

/// A chord whose body cannot be called: whoever waits for it, is a part of another chord with it, or wants to know.
Aftermath failedChord(const Signature &body, const ChordPart &last, const QString &why, const CanvasGround &ground,
                      QStringList *told)
{
    Aftermath aftermath;
    failRest({body.toJson()}, TaskFault::chordFailed(why), ground.now, aftermath);
    failRest(body.listOption("chain"), TaskFault::chordFailed(why), ground.now, aftermath);
    const QString id = body.textOption("task_id").isEmpty() ? last.task : body.textOption("task_id");
    const QString root = body.textOption("root_id").isEmpty() ? last.rootId : body.textOption("root_id");
    callErrbacks(body.listOption("link_error"), id, root, ground, aftermath, told);
    return aftermath;
}

} // namespace

QByteArray chordKey(QStringView group, QByteArrayView suffix)
{
    return QByteArray("celery-taskset-meta-").append(group.toUtf8()).append(suffix);
}

Result<Aftermath> afterSuccess(const Message &message, QByteArrayView result, const CanvasGround &ground)
{
    Canvas canvas(ground, message.id);
    Canvas::Call call{.arguments = result.toByteArray(), .chain = {}, .rootId = message.rootId, .parentId = message.id};
    for (const QByteArray &callback : elementsOf(message.callbacks)) {
        if (const auto called = canvas.apply(callback, call); !called)
            return called.error();
    }
    call.chain = elementsOf(message.chain);
    if (!call.chain.isEmpty()) {
        const QByteArray next = call.chain.takeLast();
        if (const auto called = canvas.apply(next, call); !called)
            return called.error();
    }
    Aftermath aftermath = canvas.aftermath();
    addPart(message, "SUCCESS", result, aftermath);
    return aftermath;
}

Aftermath afterFailure(const Message &message, const TaskFault &fault, const CanvasGround &ground, QStringList *told)
{
    Aftermath aftermath;
    failRest(elementsOf(message.chain), fault, ground.now, aftermath);
    callErrbacks(elementsOf(message.errbacks), message.id, message.rootId, ground, aftermath, told);
    addPart(message, "FAILURE", fault.json(), aftermath);
    return aftermath;
}

Aftermath afterRevocation(const Message &message, const QString &reason)
{
    Aftermath aftermath;
    addPart(message, "REVOKED", TaskFault::revoked(reason).json(), aftermath);
    return aftermath;
}

Aftermath afterChord(const ChordPart &last, const QByteArrayList &parts, const CanvasGround &ground, bool hasStructure,
                     QStringList *told)
{
    const auto body = Signature::parse(last.body);
    if (!body) {
        if (told != nullptr)
            *told += body.error().message();
        return {};
    }
    const auto results = hasStructure
        ? Result<QByteArray>(Error::invalid(u"Join error: the header has groups in it; only Python can join those"_s))
        : headerResults(parts);
    if (!results)
        return failedChord(*body, last, results.error().message(), ground, told);
    Canvas canvas(ground, last.group + u"/body"_s);
    const QString root = body->textOption("root_id").isEmpty() ? last.rootId : QString();
    const QString parent = body->textOption("parent_id").isEmpty() ? last.task : QString();
    const Canvas::Call call{.arguments = *results, .chain = {}, .rootId = root, .parentId = parent};
    if (const auto called = canvas.apply(*body, call); !called)
        return failedChord(*body, last, u"Callback error: "_s + called.error().message(), ground, told);
    return canvas.aftermath();
}

} // namespace quoin::celery
