// SPDX-License-Identifier: GPL-3.0-only
#include "pluginsubcommands.h"

#include <CLI/CLI.hpp>

using namespace Qt::StringLiterals;

namespace quoin::server {

PluginSubcommands::PluginSubcommands(CLI::App &app, std::vector<std::string> &operands, bool &asJson)
    : m_operands(operands)
{
    CLI::App *const plugin = app.add_subcommand("plugin", "Look at plugins and change which are served");
    add(*plugin, "check", "Say what a plugin file is and has, or what is wrong with it", "FILE");
    m_commands.back()->add_flag("--json", asJson, "As JSON");
    add(*plugin, "new", "Write the beginning of a plugin: a project that builds, with a test", "ID");
    m_commands.back()->add_option("--dir", m_folder, "Folder to make; else the last word of ID")->type_name("DIR");
    add(*plugin, "dev", "Put each build of a plugin into plugins.dir, as soon as it is linked", "DIR");
    add(*plugin, "list", "Print the plugins, their states and why", nullptr);
    m_commands.back()->add_flag("--json", asJson, "As JSON");
    add(*plugin, "install", "Check a plugin file and put it into plugins.dir", "FILE");
    add(*plugin, "remove", "Take a plugin out of plugins.dir", "ID");
    add(*plugin, "enable", "Serve a plugin that was disabled, quarantined or rolled back", "ID");
    add(*plugin, "disable", "Leave a plugin in plugins.dir and do not serve it", "ID");
    add(*plugin, "rollback", "Serve the version of a plugin that was served before", "ID");
    plugin->require_subcommand(1);
}

void PluginSubcommands::add(CLI::App &plugin, const char *name, const char *help, const char *operand)
{
    CLI::App *const command = plugin.add_subcommand(name, help);
    if (operand)
        command->add_option("operand", m_operands)->type_name(operand);
    m_commands.push_back(command);
}

QString PluginSubcommands::parsed() const
{
    for (const CLI::App *command : m_commands) {
        if (command->parsed())
            return QString::fromStdString(command->get_name());
    }
    return {};
}

QString PluginSubcommands::operandFault(const QString &verb, const QStringList &operands)
{
    if (operands.isEmpty() && (verb == u"check"_s || verb == u"install"_s))
        return u"say which file: quoin plugin %1 FILE.so"_s.arg(verb);
    if (operands.isEmpty() && verb == u"dev"_s)
        return u"say where it is built: quoin plugin dev DIR"_s;
    if (operands.isEmpty() && verb != u"list"_s)
        return u"say which plugin: quoin plugin %1 ID"_s.arg(verb);
    const qsizetype most = verb == u"list"_s ? 0 : 1;
    if (operands.size() > most)
        return u"\"%1\" is one argument too many"_s.arg(operands[most]);
    return {};
}

} // namespace quoin::server
