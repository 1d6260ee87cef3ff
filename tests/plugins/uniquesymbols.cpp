// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

// What g++ makes of a template's static without -fno-gnu-unique, but with every compiler.
asm(".pushsection .data\n"
    ".globl sharedByAll\n"
    ".type sharedByAll, %gnu_unique_object\n"
    ".size sharedByAll, 4\n"
    "sharedByAll: .long 1\n"
    ".popsection\n");

/// Has a symbol that the whole process shares, whatever its owner.
class UniqueSymbols final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "uniquesymbols.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "uniquesymbols.moc"
