// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

#include <atomic>
#include <memory>

namespace quoin::testhost {

/// The database as the plugin sees it: the real one, or one whose server has gone. Any thread.
class DatabaseSwitch final : public abi::Database
{
public:
    /// Lent.
    explicit DatabaseSwitch(abi::Database &database)
        : m_database(database)
    {
    }

    void setAway(bool away) { m_isAway = away; }

    Dialect dialect() const override { return m_database.dialect(); }
    void read(abi::Job *owned) override { m_isAway ? refuse(owned) : m_database.read(owned); }
    void write(abi::Job *owned) override { m_isAway ? refuse(owned) : m_database.write(owned); }

private:
    static void refuse(abi::Job *owned)
    {
        const std::unique_ptr<abi::Job> job(owned);
        const Error away = Error::unavailable(QStringLiteral("the database is away"));
        job->finish(&away);
    }

    abi::Database &m_database;
    std::atomic<bool> m_isAway = false;
};

} // namespace quoin::testhost
