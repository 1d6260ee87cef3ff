// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QRandomGenerator>

namespace quoin::bagit {

inline constexpr QByteArrayView temporaryPrefix = ".quoin-part-";

/// A name for a file that is not finished, which nobody else has: the prefix and 16 hexadecimal digits.
inline QByteArray temporaryName()
{
    const QByteArray digits = QByteArray::number(QRandomGenerator::system()->generate64(), 16);
    return temporaryPrefix.toByteArray() + digits.rightJustified(16, '0');
}

} // namespace quoin::bagit
