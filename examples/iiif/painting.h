// SPDX-License-Identifier: MIT
#pragma once

#include "imagerequest.h"

#include <QImage>

namespace iiif {

/// Mirrored first, then turned clockwise; what a slanted picture leaves empty of its frame is transparent.
QImage turned(QImage image, const Rotation &rotation);

/// Gray keeps transparency. Bitonal is cut at half of the brightness, what is transparent counts as white.
QImage inQuality(QImage image, Quality quality);

/// The file of it, on white if the format knows no transparency. Internal: Qt cannot write it.
quoin::Result<QByteArray> encoded(QImage image, const Format &format);

} // namespace iiif
