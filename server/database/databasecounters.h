// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/migrations.h"

#include <quoin/abi.h>

#include <memory>

namespace quoin::database {

/// Counters that live in a table. No number is handed out twice, whichever process asks. Increments that come while one
/// write is under way are gathered and become the next one, so that a thousand visitors at once are a few transactions.
/// Any thread.
class DatabaseCounters final : public abi::Counters
{
public:
    /// The database outlives it, or is closed before it goes.
    explicit DatabaseCounters(abi::Database &database);
    ~DatabaseCounters();
    Q_DISABLE_COPY_MOVE(DatabaseCounters)

    /// What makes its table: counter(name, value).
    static MigrationStep migration();

    /// An Error reaches each receiver whose number was not stored.
    void increment(const QString &counter, abi::CountReceiver *owned) override;

private:
    class Gathering;
    const std::shared_ptr<Gathering> m_gathering; ///< Shared with the write under way, which may end later.
};

} // namespace quoin::database
