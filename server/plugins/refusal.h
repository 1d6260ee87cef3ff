// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/fault.h"

#include <QByteArray>
#include <QMetaType>
#include <QString>

namespace quoin::plugins {

/// The gate at which a plugin was turned away, in the order in which they come.
enum class Phase {
    Folder,   ///< The folder itself is not to be trusted.
    Take,     ///< The file is not to be trusted, or could not be read or copied.
    Lint,     ///< The file's bytes: not a fitting shared library.
    Trust,    ///< Nobody whom the operator trusts vouches for it.
    Metadata, ///< What it says of itself.
    Probe,    ///< It crashed, hung or ended the process in which it was tried.
    Resolve,  ///< What it requires is not there.
    Load,     ///< The dynamic linker or the constructor.
    Describe, ///< What it declares is wrong.
    Conflict, ///< What it declares is already taken.
    Start,    ///< It refused to start, or failed to.
};

/// "lint", "metadata" ...
QString phaseName(Phase phase);

/// A plugin that is not served, and why. A value; any thread.
struct Refusal
{
    QString file;    ///< Its path in the folder, or "built-in".
    QString id;      ///< Empty while unknown.
    QString version; ///< Empty while unknown.
    Phase phase = Phase::Folder;
    QString reason;
    QString remedy;
    QByteArray sha256 = {}; ///< Of the file, in lower-case hexadecimal; empty if it was not read, or is known anyway.

    /// One line: refused file=/srv/plugins/orders.so phase=lint reason="..." remedy="..."
    /// Control characters and quotes in the values are escaped, so that a file name cannot forge a line.
    QString toLine() const;
};

} // namespace quoin::plugins

Q_DECLARE_METATYPE(quoin::plugins::Phase)
