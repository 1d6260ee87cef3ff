// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// A Qt plugin of another application.
class ForeignInterface final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID "org.example.Other/1" FILE "foreigninterface.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "foreigninterface.moc"
