// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/canvas.h"

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr int mostNested = 20;
constexpr qsizetype mostSteps = 10'000;
constexpr int mostGroups = 100;

Error unable(const QString &why) { return Error::invalid(u"A chain to be called next is wrong: %1"_s.arg(why)); }

/// A group of one is that one (canvas' maybe_unroll_group).
Result<Signature> unrolled(const Signature &step)
{
    if (step.kind != SignatureKind::Group)
        return step;
    const auto tasks = step.tasks();
    if (!tasks)
        return tasks.error();
    return tasks->size() == 1 ? Signature::parse(tasks->first()) : Result<Signature>(step);
}

} // namespace

/// The steps of a chain in order, those of chains in it among them.
Result<QByteArrayList> Canvas::steps(const Signature &chain, int depth) const
{
    if (depth > mostNested)
        return unable(u"it is nested more than %1 levels deep."_s.arg(mostNested));
    const auto tasks = chain.tasks();
    if (!tasks)
        return tasks.error();
    QByteArrayList steps;
    for (const QByteArray &task : *tasks) {
        const auto step = Signature::parse(task);
        if (!step)
            return step.error();
        if (step->kind == SignatureKind::Chain) {
            const auto inner = this->steps(*step, depth + 1);
            if (!inner)
                return inner.error();
            steps += *inner;
        } else {
            steps += task;
        }
        if (steps.size() > mostSteps)
            return unable(u"it has more than %1 steps."_s.arg(mostSteps));
    }
    return steps;
}

/// What the whole chain was told is told to its last step, which ends it.
Result<> Canvas::finishChain(Signature &last, const Signature &chain) const
{
    if (last.kind == SignatureKind::Group && !chain.option("chord").isEmpty())
        return unable(u"it ends in a group where the result of one task is waited for."_s);
    for (const std::string_view name : {"task_id", "chord", "group_id", "group_index"}) {
        const QByteArray value = chain.option(name);
        // An id of its own stays (canvas' freeze()).
        if (!value.isEmpty() && (name != "task_id" || last.option(name).isEmpty()))
            last.setOption(name, value);
    }
    return last.link(chain.listOption("link"));
}

/// The steps, the last one first as a message carries them; a group that a step follows becomes a chord with it.
Result<QList<Signature>> Canvas::joined(const QByteArrayList &steps, const Signature &chain)
{
    QList<Signature> reversed;
    int groups = 0;
    for (qsizetype i = steps.size() - 1; i >= 0; --i) {
        const auto parsed = Signature::parse(steps[i]);
        auto step = parsed ? unrolled(*parsed) : parsed;
        if (!step)
            return step.error();
        if (const auto linked = step->linkErrors(chain.listOption("link_error")); !linked)
            return linked.error();
        if (i == steps.size() - 1) {
            if (const auto finished = finishChain(*step, chain); !finished)
                return finished.error();
        }
        if (step->kind == SignatureKind::Group && !reversed.isEmpty()) {
            if (++groups > mostGroups) // each chord holds all that follow it
                return unable(u"it has more than %1 groups."_s.arg(mostGroups));
            const Signature body = reversed.takeLast();
            step = Signature::chord(*step, body);
        }
        if (step->kind == SignatureKind::Task && step->option("task_id").isEmpty())
            step->setTextOption("task_id", id());
        if (const QByteArray root = chain.option("root_id"); !root.isEmpty())
            step->setOption("root_id", root);
        reversed += *step;
    }
    return reversed;
}

Result<QByteArray> Canvas::callChain(Signature chain, const Call &call, int depth)
{
    const auto texts = steps(chain, depth);
    if (!texts)
        return texts.error();
    auto reversed = joined(*texts, chain);
    if (!reversed)
        return reversed.error();
    if (reversed->isEmpty())
        return QByteArray();
    Signature first = reversed->takeLast();
    if (!chain.isImmutable)
        first.prepend(elementsOf(chain.args).join(", "));
    for (const std::string_view name : {"queue", "priority", "countdown", "eta", "expires"}) {
        if (const QByteArray value = chain.option(name); !value.isEmpty())
            first.setOption(name, value);
    }
    Call handed{.arguments = {},
                .chain = call.chain + chain.listOption("chain"),
                .rootId = call.rootId,
                .parentId = call.parentId};
    for (const Signature &step : *reversed)
        handed.chain += step.toJson();
    return dispatch(first, handed, depth + 1);
}

} // namespace quoin::celery
