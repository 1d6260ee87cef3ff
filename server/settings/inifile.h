// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace quoin::server {

/// One "name = value" of a file.
struct IniEntry
{
    QString key; ///< "http.listen" for "listen" under [http].
    QString value;
    int line = 0; ///< From 1.
};

/// What a file says, and what is wrong with it. Strict: nothing is skipped in silence.
struct IniFile
{
    QList<IniEntry> entries;
    QStringList faults; ///< Each one sentence that begins with "file:line: ".
};

/// Sections in brackets, "name = value" lines, comments on lines of their own (# or ;), UTF-8. A value is all after
/// '=', trimmed, less one pair of double quotes around it: no escapes, no continuation, so that any password can be
/// written. A name twice in a section is a fault.
IniFile parseIni(const QByteArray &text, const QString &fileName);

/// Reads a file of at most 1 MiB; one that cannot be read is a fault.
IniFile readIni(const QString &fileName);

} // namespace quoin::server
