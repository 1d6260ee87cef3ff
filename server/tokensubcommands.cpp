// SPDX-License-Identifier: GPL-3.0-only
#include "tokensubcommands.h"

#include <CLI/CLI.hpp>

using namespace Qt::StringLiterals;

namespace quoin::server {

TokenSubcommands::TokenSubcommands(CLI::App &app, std::vector<std::string> &operands, bool &asJson)
{
    CLI::App *const token = app.add_subcommand("token", "Make, list and revoke access tokens");
    CLI::App *const create = token->add_subcommand("create", "Make a token and print it, this once");
    create->add_option("--name", m_name, "What to call it, such as who will have it")->type_name("NAME");
    create
        ->add_option("--scope", m_scopes,
                     "What it may do: records:read, records:write, admin:read, admin; may be repeated")
        ->type_name("SCOPE")
        ->allow_extra_args(false);
    create->add_option("--expires", m_expires, "When it ends: 90d, 12h, or a time such as 2027-01-31; never without it")
        ->type_name("WHEN");
    CLI::App *const list = token->add_subcommand("list", "Print the tokens, without their secrets");
    CLI::App *const revoke = token->add_subcommand("revoke", "End a token, at once and for good");
    revoke->add_option("operand", operands)->type_name("NAME or ID");
    for (CLI::App *command : {create, list})
        command->add_flag("--json", asJson, "As JSON");
    m_commands = {create, list, revoke};
    token->require_subcommand(1);
}

QString TokenSubcommands::parsed() const
{
    for (const CLI::App *command : m_commands) {
        if (command->parsed())
            return QString::fromStdString(command->get_name());
    }
    return {};
}

TokenWish TokenSubcommands::wish() const
{
    TokenWish wish{QString::fromStdString(m_name), {}, QString::fromStdString(m_expires)};
    for (const std::string &scope : m_scopes)
        wish.scopes += QString::fromStdString(scope).split(u',', Qt::SkipEmptyParts);
    return wish;
}

QString TokenSubcommands::operandFault(const QString &verb, const QStringList &operands)
{
    if (verb == u"revoke"_s && operands.isEmpty())
        return u"say which token: quoin token revoke NAME, or its id from \"quoin token list\""_s;
    const qsizetype most = verb == u"revoke"_s ? 1 : 0;
    if (operands.size() > most)
        return u"\"%1\" is one argument too many"_s.arg(operands[most]);
    return {};
}

} // namespace quoin::server
