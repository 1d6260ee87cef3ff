// SPDX-License-Identifier: MIT
#pragma once

#include <QSize>

namespace iiif {

/// How large things may be, in pixels.
struct Limits
{
    qint64 source = 100'000'000; ///< Of an image in the folder, and of all that is decoded at a time.
    qint64 result = 25'000'000;  ///< Of an answer: maxArea.
    int side = 65'500; ///< Of an answer's width or height: maxWidth. JPEG's own limit in libjpeg (JPEG_MAX_DIMENSION).
};

inline qint64 pixelsOf(QSize size) { return qint64(size.width()) * size.height(); }

} // namespace iiif
