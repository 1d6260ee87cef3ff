// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayView>

namespace quoin::json {

/// Offsets in a text that check() has passed. Linear in what they pass over.
qsizetype behindString(QByteArrayView text, qsizetype at); ///< Behind the string that begins at `at`.
qsizetype behindSpace(QByteArrayView text, qsizetype at);  ///< The first that is not white space, or the size.
qsizetype behindValue(QByteArrayView text, qsizetype at);  ///< Behind the value that begins at `at`.

} // namespace quoin::json
