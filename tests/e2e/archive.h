// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>

namespace quoin::test {

class QuoinProcess;

/// The packages in a SIP directory, as file names by record: "<record>_<time>.zip".
QHash<qint64, QStringList> packagesByRecord(const QString &sipDirectory);

/// How often each record has a row in the table of packages; read past the server, from the
/// database itself.
QHash<qint64, int> packageRowsByRecord(const QString &databaseUrl);

/// What the database has in the table record, by id.
QHash<qint64, QByteArray> storedRecords(const QString &databaseUrl);

/// The arguments of the tasks of that name, and the traces that the database has beside them.
QList<QPair<QByteArray, QByteArray>> storedTraces(const QString &databaseUrl, const QString &task);

/// How many tasks the database has in each state: "done", "dead" ...
QHash<QString, int> tasksByState(const QString &databaseUrl);

/// In which state the last task of that name is that a worker of each kind ran.
QHash<QString, QString> tasksByWorker(const QString &databaseUrl, const QString &task);

/// Empty if every stored record has exactly one package file and one row and there is no other
/// package; else what is wrong, in a sentence.
QString whatIsMissing(const QuoinProcess &server);

/// data/record.json of one package as Python's zipfile reads it; a null array, with *fault filled,
/// if it does not.
QByteArray payloadOf(const QString &package, QString *fault);

/// Debian's python3 with a program below tests/peer. The output; a null array, with *fault
/// filled, if it fails.
QByteArray runPython(const QStringList &arguments, const QString &databaseUrl, QString *fault);

/// What Debian package python3 lacks to run the peer; empty if nothing.
QString missingForPeer();

} // namespace quoin::test
