// SPDX-License-Identifier: MIT
#pragma once

#include "imagelimits.h"
#include "imagerequest.h"

#include <QRect>

namespace iiif {

/// A request applied to an image: exactly which pixels become which. Two requests for the same thing have the same one.
struct Rendering
{
    QRect region; ///< Within the image.
    QSize size;   ///< Of the region once it is scaled, before it is turned.
    Rotation rotation;
    Quality quality = Quality::Default;
    Format format;
    QByteArray canonical; ///< "{region}/{size}/{rotation}/{quality}.{format}" as section 4.7 would have it.

    /// Invalid: the region lies outside of the image, nothing would be left, or the result is larger than the limits.
    static quoin::Result<Rendering> resolve(const ImageRequest &request, QSize image, const Limits &limits);
};

/// The height that keeps the shape of a region at this width, rounded; it may be 0.
int heightFor(QSize region, int width);

} // namespace iiif
