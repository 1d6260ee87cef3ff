// SPDX-License-Identifier: GPL-3.0-only
#include "ui/colors.h"

namespace admin {

const Colors &Colors::light()
{
    static const Colors colors{
        .window = 0xf6f7f9,
        .surface = 0xffffff,
        .raised = 0xeff1f4,
        .border = 0xdfe3e8,
        .text = 0x1b2028,
        .muted = 0x5a6472,
        .accent = 0x2f5fd0,
        .onAccent = 0xffffff,
        .accentSoft = 0xe3eafb,
        .good = 0x1a7a43,
        .warning = 0x8f5a00,
        .bad = 0xb3261e,
        .info = 0x2f5fd0,
        .goodSoft = 0xe0f3e7,
        .warningSoft = 0xfdf0d5,
        .badSoft = 0xfbe4e2,
        .infoSoft = 0xe3eafb,
        .isDark = false,
    };
    return colors;
}

const Colors &Colors::dark()
{
    static const Colors colors{
        .window = 0x15181d,
        .surface = 0x1c2026,
        .raised = 0x262b33,
        .border = 0x323843,
        .text = 0xe7eaee,
        .muted = 0x9aa4b2,
        .accent = 0x7aa2ff,
        .onAccent = 0x0e1420,
        .accentSoft = 0x25324f,
        .good = 0x5fcf8e,
        .warning = 0xe9b44c,
        .bad = 0xff8a80,
        .info = 0x7aa2ff,
        .goodSoft = 0x1b3527,
        .warningSoft = 0x3a2e15,
        .badSoft = 0x42211f,
        .infoSoft = 0x25324f,
        .isDark = true,
    };
    return colors;
}

const Colors &Colors::of(const QPalette &palette)
{
    // Not by the background: a style sheet that makes one transparent makes it black in the palette.
    return palette.color(QPalette::Active, QPalette::WindowText).lightness() > 128 ? dark() : light();
}

} // namespace admin
