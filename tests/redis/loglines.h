// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>
#include <QStringList>

namespace quoin::test {

/// What is logged while this lives, in any thread; one at a time.
class LogLines
{
public:
    LogLines();
    ~LogLines();
    Q_DISABLE_COPY_MOVE(LogLines)

    /// The lines with that in them.
    QStringList with(const QString &text) const;
};

} // namespace quoin::test
