// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/databasequeue.h"

#include <QString>

#include <functional>
#include <memory>

/// The queue of one process.
struct MadeQueue
{
    std::shared_ptr<void> companions; ///< What this kind of queue has beside it in each process; ends after it.
    std::unique_ptr<quoin::queue::Queue> queue;
    std::function<void()> pushed; ///< To be told of every commit that pushed a task.
};

/// The kind of queue that belongs to a URL of TestGround: of the database alone, or of the broker that is named behind
/// it. options: what a kind has no use for, it ignores.
MadeQueue makeQueue(const QString &url, quoin::abi::Database *database, const quoin::queue::TaskCatalogue &catalogue,
                    const quoin::queue::QueueOptions &options);
