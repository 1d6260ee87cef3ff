// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QStringView>

namespace quoin::celery {

/// Whether a node's name matches a shell pattern as Python's fnmatch has it: `*`, `?`, `[a-c]`, `[!a-c]`, nothing is
/// an escape, and all of the name must match. Time is at most the product of both lengths.
bool matchesGlob(QStringView name, QStringView pattern);

/// Whether a node's name begins with a match of a Perl-compatible regular expression, as Python's re.match has it.
/// False if it is not one, is longer than 1000 characters, or would take a long time: anybody may send one.
bool matchesRegularExpression(const QString &name, const QString &pattern);

} // namespace quoin::celery
