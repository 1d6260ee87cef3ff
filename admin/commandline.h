// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>
#include <QStringList>
#include <QUrl>

#include <optional>

namespace admin {

/// What `quoin-admin` was told on its command line.
struct CommandLine
{
    QUrl url;         ///< empty: the saved connections
    QString token;    ///< read from --token-file
    QString pictures; ///< --screenshot: the folder
    bool isReadOnly = false;

    /// On --help, --version and mistakes there is nothing to do but to say `text` and end with `exitCode`.
    struct Ending
    {
        QString text;
        int exitCode = 0;
    };
    std::optional<Ending> ending;

    /// Never ends the program itself.
    static CommandLine parse(const QStringList &arguments);
    /// Whether these arguments want pictures: asked before there is an application, because pictures need no screen.
    static bool wantsPictures(int argc, char **argv);
};

} // namespace admin
