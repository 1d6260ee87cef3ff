// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pipeline.h"

#include "plugins/pipelinestate.h"

#include <utility>

namespace quoin::plugins {

Pipeline::Pipeline(PipelineOptions options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(options)))
{
    qRegisterMetaType<Plan>();
}

Pipeline::~Pipeline() = default;

Result<> Pipeline::open() { return d->open(); }

void Pipeline::start()
{
    d->watch.start();
    d->look();
}

void Pipeline::rescan() { d->lookAnew(); }

void Pipeline::rescan(std::shared_ptr<const Trust> trust)
{
    d->judgeAnew(std::move(trust));
    d->lookAnew();
}

void Pipeline::live(const Plan &plan, quint64 generation) { d->live(plan, generation); }

void Pipeline::refused(const Plan &plan, const QList<Refusal> &refusals) { d->refused(plan, refusals); }

void Pipeline::crashed(const QString &id, const QByteArray &sha256, const QString &what)
{
    d->crashed({id, sha256}, what);
}

void Pipeline::setWorkers(const QJsonArray &workers)
{
    if (d->board.status().workers == workers)
        return;
    d->board.status().workers = workers;
    d->saveSoon();
}

const HostStatus &Pipeline::status() const { return d->board.status(); }

const Plan &Pipeline::plannedPlan() const { return d->plannedPlan; }

const Plan &Pipeline::livePlan() const { return d->livePlan; }

} // namespace quoin::plugins
