// SPDX-License-Identifier: MIT
#pragma once

#include "formats.h"

#include <quoin/result.h>

#include <array>

namespace iiif {

/// The part of the image that is wanted (section 4.1).
struct RegionParameter
{
    enum class Form { Full, Square, Pixels, Percent };
    Form form = Form::Full;
    std::array<double, 4> numbers = {}; ///< x, y, w, h in pixels or in percent.
};

/// How large it is wanted (section 4.2).
struct SizeParameter
{
    enum class Form { Full, Max, Width, Height, Percent, Exact, Confined };
    Form form = Form::Full;
    double width = 0;
    double height = 0;
    double percent = 0;
};

/// First mirrored, then turned (section 4.3).
struct Rotation
{
    bool isMirrored = false;
    double degrees = 0; ///< Clockwise, from 0 to below 360.

    bool isStraight() const { return degrees == 0 || degrees == 90 || degrees == 180 || degrees == 270; }
};

/// Color is what every image is served in unless something else is asked for, so that "color" is "default"
/// (section 4.4).
enum class Quality { Default, Gray, Bitonal };

/// What the last four segments of an image's address say, before anything is known of the image.
struct ImageRequest
{
    RegionParameter region;
    SizeParameter size;
    Rotation rotation;
    Quality quality = Quality::Default;
    Format format;

    /// The segments, percent-decoded; last is "{quality}.{format}". Invalid names the parameter and what it may be.
    static quoin::Result<ImageRequest> parse(const QString &region, const QString &size, const QString &rotation,
                                             const QString &last);
};

/// Invalid: which parameter, what was given, and what is allowed or wrong.
quoin::Error refusal(const QString &parameter, const QString &given, const QString &sentence);

} // namespace iiif
