// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

asm(".pushsection .text\n"
    "addressInText: .quad qt_plugin_instance\n"
    ".popsection\n");

/// Has an absolute address in its code, as code without -fPIC does.
class TextRelocation final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "textrelocation.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "textrelocation.moc"
