// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

/// Where the queues of a test have their databases: SQLite in a temporary folder, PostgreSQL in a server of the test's
/// own.
namespace TestGround {

/// In initTestCase_data(): every function of the test runs once for each database that is installed here.
void addDialects();
/// The same once for each queue there is, on each database: for the tests of the contract they share.
void addQueues();
/// The URL of a new, empty database. Where tasks go through a broker, its URL is behind it, after a space: that of an
/// empty one.
QString makeUrl(const QString &dialect);
QString databaseUrl(const QString &url);
QString brokerUrl(const QString &url); ///< Empty: there is none.
/// Makes the database unreachable until unblock(): the server is stopped, or another connection holds SQLite's write
/// lock.
void block(const QString &url);
void unblock();
/// A file in the temporary folder.
QString filePath(const QString &name);
/// In cleanupTestCase(), which is before Qt's application object goes.
void end();

} // namespace TestGround
