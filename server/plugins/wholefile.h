// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "posix/filedescriptor.h"

#include <quoin/result.h>

#include <QByteArray>
#include <QString>

#include <sys/types.h>

namespace quoin::plugins {

enum class Durable {
    No,  ///< After a power cut the content may be anything: for what is checked when it is read.
    Yes, ///< Content and name are on the disk when the call returns.
};

/// A file that is written beside its place, as "<folder>/.<name>.<six letters>", and gone again unless it arrives
/// there. Errors are Unavailable and name path and reason. Any thread.
class WholeFile
{
public:
    explicit WholeFile(QString path);
    ~WholeFile();
    Q_DISABLE_COPY_MOVE(WholeFile)

    /// All of its content; durable is about that alone.
    Result<> write(const QByteArray &bytes, mode_t mode, Durable durable);
    /// Renamed to its place: whoever opens it there sees what was there before or all of it.
    Result<> arrive();

private:
    bool writeAll(QByteArrayView bytes);
    Error failed() const;

    const QString m_path;
    QByteArray m_draft;
    FileDescriptor m_file;
    bool m_hasArrived = false;
};

/// Replaces the file at once: whoever opens it sees what was there before or all of these bytes, also after a crash.
/// On an Error the file is as it was, and nothing is left beside it. Any thread.
Result<> writeWhole(const QString &path, const QByteArray &bytes, mode_t mode, Durable durable);

} // namespace quoin::plugins
