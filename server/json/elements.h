// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayView>
#include <QList>

#include <limits>

namespace quoin::json {

/// The elements of an array as their own texts, exactly as they stand there but for white space around them, so that
/// numbers of any size stay as they are. Requires that check() has passed the text; another value has none. The views
/// point into it. At most the first `most` of them. Any thread.
QList<QByteArrayView> elements(QByteArrayView array, qsizetype most = std::numeric_limits<qsizetype>::max());

} // namespace quoin::json
