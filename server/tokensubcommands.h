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

/// What "quoin token create" is told. A value.
struct TokenWish
{
    QString name;
    QStringList scopes;
    QString expires; ///< As written; empty: never.
};

/// The part of the command line that begins with "quoin token".
class TokenSubcommands
{
public:
    /// Adds them to the program's commands. What they are given goes to the other two, which are lent.
    TokenSubcommands(CLI::App &app, std::vector<std::string> &operands, bool &asJson);

    /// "create", "list" or "revoke"; empty if it was none of them.
    QString parsed() const;
    TokenWish wish() const;

    /// What is wrong with the number of operands, if anything is.
    static QString operandFault(const QString &verb, const QStringList &operands);

private:
    std::vector<CLI::App *> m_commands;
    std::string m_name;
    std::vector<std::string> m_scopes;
    std::string m_expires;
};

} // namespace quoin::server
