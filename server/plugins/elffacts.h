// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>

namespace quoin::plugins {

/// What a shared library says of itself in its ELF tables. Nothing of it has run.
struct ElfFacts
{
    QByteArray abiNote;           ///< The text of the note of owner "quoin" (sdk detail/abinote.h); empty without one.
    QByteArrayList needed;        ///< DT_NEEDED
    QByteArray runPath;           ///< DT_RUNPATH or DT_RPATH; empty without one.
    QByteArrayList exports;       ///< The first defined global names beyond qt_plugin_*; at most 8.
    qsizetype exportCount = 0;    ///< How many of them there are.
    QByteArrayList uniqueSymbols; ///< The first STB_GNU_UNIQUE names; at most 8.
    qsizetype uniqueCount = 0;
    bool hasTextRelocations = false;
    bool hasExecutableStack = false;
    bool hasPluginEntry = false; ///< Whether qt_plugin_instance is among its symbols.
};

/// Reads the tables of a shared library for this machine (System V gABI, chapters 4 and 5). Any bytes at all are safe
/// to give it: each access is checked against the end. An Error says what is broken, such as a table that lies beyond
/// the end of the file.
Result<ElfFacts> readElfFacts(QByteArrayView bytes);

} // namespace quoin::plugins
