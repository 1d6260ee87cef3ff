// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QString>
#include <QStringList>

class QTextStream;

namespace quoin::server {

/// A plugin's project as it was written.
struct NewPlugin
{
    QString folder;    ///< As it was asked for.
    QStringList files; ///< In it.
};

/// Writes the beginning of a plugin of this id: a project that builds against the installed SDK and whose test passes.
/// folder: empty for one named by the last word of the id, in the current directory. Either all of it is there
/// afterwards, or nothing and the Error says why: the id is none or taken, the folder exists or cannot be made.
Result<NewPlugin> writeNewPlugin(const QString &id, const QString &folder);

/// `quoin plugin new ID [--dir DIR]`: the same, and says what to do next. The exit code.
int newPlugin(const QString &id, const QString &folder, QTextStream &out, QTextStream &err);

} // namespace quoin::server
