// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/colors.h"

namespace admin {

/// What a state means to the eye. The word is always there too: colour alone says nothing to many people.
enum class Tone { Neutral, Good, Warning, Bad, Info };

inline QColor inkOf(Tone tone, const Colors &colors)
{
    using enum Tone;
    return tone == Good   ? colors.good
        : tone == Warning ? colors.warning
        : tone == Bad     ? colors.bad
        : tone == Info    ? colors.info
                          : colors.muted;
}

inline QColor softOf(Tone tone, const Colors &colors)
{
    using enum Tone;
    return tone == Good   ? colors.goodSoft
        : tone == Warning ? colors.warningSoft
        : tone == Bad     ? colors.badSoft
        : tone == Info    ? colors.infoSoft
                          : colors.raised;
}

} // namespace admin
