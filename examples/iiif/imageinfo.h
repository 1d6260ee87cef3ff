// SPDX-License-Identifier: MIT
#pragma once

#include "imagelimits.h"

#include <QByteArray>

namespace iiif {

/// The compliance level whose requirements are all met (section 6).
inline constexpr const char *profileUri = "http://iiif.io/api/image/2/level2.json";

/// The image information document (section 5): what the image is, and all that can be asked of it.
/// id: the image's base URI.
QByteArray imageInfo(const QString &id, QSize image, const Limits &limits);

} // namespace iiif
