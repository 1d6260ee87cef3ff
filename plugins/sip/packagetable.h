// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/time.h"

#include <quoin/database.h>
#include <quoin/registry.h>

#include <QList>

namespace sip {

using quoin::bagit::Time;

/// A row of the table `sip`: one package of a record. Times are microseconds since 1970 UTC in the table.
struct StoredPackage
{
    qint64 id = 0;
    qint64 record = 0;
    QString file; ///< Its name in sip.directory.
    qint64 size = 0;
    QByteArray sha256; ///< Of the file, in lower-case hexadecimal.
    Time created;      ///< When its task was pushed.
    Time verified;     ///< When its file was last read in full and found good.
    Time checked;      ///< When it was last looked at, whatever came of it.
    QString fault;     ///< What the last check found wrong with it; empty while it is good.

    /// {"id":1,"record":7,"file":"...","size":...,"sha256":"...","created":"...","verified":"...","checked":
    /// "..."}, and "fault" if there is one.
    QByteArray toJson() const;
};

/// The columns behind the id of which packageOf() makes a package.
QString packageColumns();
StoredPackage packageOf(const quoin::Rows &row);

quoin::Migration createPackageTable();

/// Writes the rows of packages that were just stored and verified, in one statement; the one of a record and file, if
/// there is one, is replaced.
quoin::Result<> putPackages(quoin::Connection &connection, const QList<StoredPackage> &packages);

/// All packages of a record, oldest first; NotFound if there are none and no such record either.
quoin::Result<QList<StoredPackage>> packagesOf(quoin::Connection &connection, qint64 record);

/// NotFound if there is no such package.
quoin::Result<StoredPackage> findPackage(quoin::Connection &connection, qint64 id);

/// At most `limit` packages that nobody has looked at since `before`, those first that were looked at longest ago.
quoin::Result<QList<StoredPackage>> packagesToCheck(quoin::Connection &connection, Time before, int limit);

/// Writes down the outcome of a check: an empty fault means that the file is as it was.
quoin::Result<> putCheck(quoin::Connection &connection, qint64 id, Time when, const QString &fault);

} // namespace sip
