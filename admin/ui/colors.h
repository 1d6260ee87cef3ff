// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QColor>
#include <QPalette>

namespace admin {

/// The colours of the window beyond those of QPalette, which styled widgets, delegates and charts share. Every text
/// colour has a contrast of at least 4.5 : 1 on the surfaces (WCAG 2.2, 1.4.3).
struct Colors
{
    QColor window;  ///< behind everything
    QColor surface; ///< tables, cards, inputs
    QColor raised;  ///< hovered, headers
    QColor border;  ///< hair lines
    QColor text;
    QColor muted;                                    ///< secondary text
    QColor accent;                                   ///< the one colour: selection, focus, links, main button
    QColor onAccent;                                 ///< text on it
    QColor accentSoft;                               ///< background of what is selected
    QColor good, warning, bad, info;                 ///< states, as text or icon
    QColor goodSoft, warningSoft, badSoft, infoSoft; ///< the same as a background
    bool isDark = false;

    static const Colors &light();
    static const Colors &dark();
    /// Those that go with a palette: `Colors::of(widget->palette())`.
    static const Colors &of(const QPalette &palette);
};

} // namespace admin
