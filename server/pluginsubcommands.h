// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>
#include <QStringList>

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace quoin::server {

/// The part of the command line that begins with "quoin plugin".
class PluginSubcommands
{
public:
    /// Adds them to the program's commands. What they are given goes to the other two, which are lent.
    PluginSubcommands(CLI::App &app, std::vector<std::string> &operands, bool &asJson);

    /// new --dir DIR; empty without it.
    QString folder() const { return QString::fromStdString(m_folder); }

    /// "check", "install" ...; empty if it was none of them.
    QString parsed() const;

    /// What is wrong with the number of operands, if anything is.
    static QString operandFault(const QString &verb, const QStringList &operands);

private:
    void add(CLI::App &plugin, const char *name, const char *help, const char *operand);

    std::vector<std::string> &m_operands;
    std::vector<CLI::App *> m_commands;
    std::string m_folder;
};

} // namespace quoin::server
