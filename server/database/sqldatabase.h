// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databaseoptions.h"
#include "database/databaseurl.h"
#include "database/fileidentity.h"
#include "database/migrations.h"

#include <quoin/abi.h>

#include <memory>
#include <vector>

namespace quoin::meters {
struct DatabaseMeter;
}

namespace quoin::database {

class ConnectionThread;
struct Lane;
struct Shared;

/// The database of the host: jobs run on threads that own the connections, writes are committed in groups, readers
/// never wait for writers, and a server that went away is found again. Constructing it touches nothing; any thread may
/// call what is not said to be otherwise. QtSql wants a QCoreApplication to exist from open() to close().
class SqlDatabase final : public abi::Database
{
public:
    /// meter: where it counts; lent, and null: for itself.
    explicit SqlDatabase(const DatabaseUrl &url, const DatabaseOptions &options = {},
                         meters::DatabaseMeter *meter = nullptr);
    ~SqlDatabase(); ///< close()
    Q_DISABLE_COPY_MOVE(SqlDatabase)

    /// Connects once, to say what is wrong before anything depends on it, and starts the threads. On one thread, once.
    Result<> open();
    /// Takes no more jobs, finishes those that wait, and joins the threads. Not from finish() or a job.
    void close();

    /// Runs what has not been run of the steps, in their order; see runMigrations(). Blocks. After open().
    Result<> migrate(const QList<MigrationStep> &steps);

    /// Whether a read gets through, within options.checkTimeout; blocks so long at most. On SQLite also, whether the
    /// file is still the one that was opened. For readiness.
    Result<> check();

    DatabaseFigures figures() const;
    const DatabaseUrl &url() const;

    Dialect dialect() const override;
    void read(abi::Job *owned) override;
    void write(abi::Job *owned) override;

private:
    Result<> checkFile() const;
    void post(std::unique_ptr<abi::Job> job, Lane &lane);

    const std::unique_ptr<Shared> m_shared;
    std::vector<std::unique_ptr<ConnectionThread>> m_threads;
    std::optional<FileIdentity> m_file; ///< SQLite: what was opened.
};

} // namespace quoin::database
