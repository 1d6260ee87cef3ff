// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/lint.h"

#include "plugins/abicheck.h"
#include "plugins/elffacts.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

QString listed(const QByteArrayList &names, qsizetype count)
{
    QString text = QString::fromUtf8(names.join(", "));
    if (count > names.size())
        text += u" and %1 more"_s.arg(count - names.size());
    return text;
}

QString rebuild() { return u"build it with quoin_add_plugin()"_s; }

std::optional<Fault> checkNote(const ElfFacts &facts)
{
    if (!facts.hasPluginEntry)
        return Fault{u"not a Qt plugin: it has no qt_plugin_instance"_s,
                     u"give its class Q_PLUGIN_METADATA, and "_s + rebuild()};
    if (facts.abiNote.isEmpty())
        return Fault{u"it does not say which SDK it was built with"_s, rebuild()};
    return abiMismatch(facts.abiNote, hostAbi());
}

std::optional<Fault> checkSymbols(const ElfFacts &facts)
{
    if (facts.uniqueCount > 0) {
        return Fault{u"%1 unique symbols, which are shared with every other library: %2"_s.arg(facts.uniqueCount)
                         .arg(listed(facts.uniqueSymbols, facts.uniqueCount)),
                     u"compile with -fno-gnu-unique and hidden visibility: "_s + rebuild()};
    }
    if (facts.exportCount > 0) {
        return Fault{u"exports more than a plugin's entry points: %1"_s.arg(listed(facts.exports, facts.exportCount)),
                     u"link with the SDK's version script: "_s + rebuild()};
    }
    return std::nullopt;
}

std::optional<Fault> checkMemory(const ElfFacts &facts)
{
    if (facts.hasTextRelocations)
        return Fault{u"its code would have to be made writable (text relocations)"_s,
                     u"compile all of it with -fPIC"_s};
    if (facts.hasExecutableStack)
        return Fault{u"it asks for an executable stack"_s, u"link with -z noexecstack"_s};
    return std::nullopt;
}

std::optional<Fault> checkLibraries(const ElfFacts &facts, const LintOptions &options)
{
    if (!facts.runPath.isEmpty())
        return Fault{u"it searches libraries in %1 (RPATH)"_s.arg(QString::fromUtf8(facts.runPath)),
                     u"link without an RPATH: "_s + rebuild()};
    for (const QByteArray &needed : facts.needed) {
        const QString name = QString::fromUtf8(needed);
        const bool isAllowed = std::any_of(options.libraries.begin(), options.libraries.end(),
                                           [&](const QString &prefix) { return name.startsWith(prefix); });
        if (!isAllowed)
            return Fault{u"needs %1, which is not a library this host allows"_s.arg(name), u"link it statically"_s};
    }
    return std::nullopt;
}

} // namespace

QStringList LintOptions::defaultLibraries()
{
    return {u"libQt6"_s,       u"libc.so"_s,      u"libm.so"_s,       u"libstdc++.so"_s, u"libgcc_s.so"_s,
            u"libatomic.so"_s, u"ld-linux"_s,     u"libpthread.so"_s, u"libdl.so"_s,     u"librt.so"_s,
            u"libasan.so"_s,   u"libubsan.so"_s,  u"libtsan.so"_s,    u"libz.so"_s,      u"libarchive.so"_s,
            u"libzip.so"_s,    u"libcrypto.so"_s, u"libssl.so"_s};
}

std::optional<Fault> lint(QByteArrayView bytes, const LintOptions &options)
{
    const auto facts = readElfFacts(bytes);
    if (!facts)
        return Fault{facts.error().message(), u"copy the whole library into the folder, built for this machine"_s};
    for (const auto check : {checkNote, checkSymbols, checkMemory}) {
        if (auto fault = check(*facts))
            return fault;
    }
    return checkLibraries(*facts, options);
}

} // namespace quoin::plugins
