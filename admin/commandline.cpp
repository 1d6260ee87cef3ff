// SPDX-License-Identifier: GPL-3.0-only
#include "commandline.h"

#include "client/connections.h"
#include "client/keyring.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin::CommandLine", text); }

CommandLine ended(const QString &text, int exitCode)
{
    CommandLine line;
    line.ending = CommandLine::Ending{text, exitCode};
    return line;
}

CommandLine mistake(const QString &sentence) { return ended(u"quoin-admin: "_s + sentence + u'\n', 2); }

} // namespace

CommandLine CommandLine::parse(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        tr("Records, packages, tasks and plugins of a Quoin server in one window. Without options it shows the last "
           "connection, or the server of this computer."));
    const QCommandLineOption url(u"url"_s, tr("The server to show, such as http://127.0.0.1:5000."), u"URL"_s);
    const QCommandLineOption tokenFile(u"token-file"_s, tr("A file whose first line is the token for --url."),
                                       u"FILE"_s);
    const QCommandLineOption pictures(
        u"screenshot"_s, tr("Put a picture of each page into this folder, light and dark, and end."), u"DIR"_s);
    const QCommandLineOption readOnly(u"read-only"_s, tr("Change nothing on the server."));
    parser.addOptions({url, tokenFile, pictures, readOnly});
    const auto help = parser.addHelpOption();
    const auto version = parser.addVersionOption();
    if (!parser.parse(arguments))
        return mistake(parser.errorText());
    if (parser.isSet(help))
        return ended(parser.helpText(), 0);
    if (parser.isSet(version))
        return ended(u"quoin-admin "_s + QCoreApplication::applicationVersion() + u'\n', 0);
    if (!parser.positionalArguments().isEmpty())
        return mistake(tr("unknown argument “%1”; see --help").arg(parser.positionalArguments().first()));

    CommandLine line;
    line.isReadOnly = parser.isSet(readOnly);
    line.pictures = parser.value(pictures);
    if (parser.isSet(url)) {
        line.url = Connections::urlOf(parser.value(url));
        if (!line.url.isValid())
            return mistake(
                tr("--url: “%1” is no address of a server; write it like http://server:5000").arg(parser.value(url)));
    }
    if (parser.isSet(tokenFile)) {
        const QString path = parser.value(tokenFile);
        line.token = tokenOfFile(path);
        if (!parser.isSet(url))
            return mistake(tr("--token-file needs --url"));
        if (line.token.isEmpty())
            return mistake(QFileInfo(path).isReadable() ? tr("--token-file: the first line of %1 is empty").arg(path)
                                                        : tr("--token-file: %1 cannot be read").arg(path));
    }
    return line;
}

bool CommandLine::wantsPictures(int argc, char **argv)
{
    return std::any_of(argv + 1, argv + argc, [](const char *argument) {
        return QByteArrayView(argument).startsWith("--screenshot") || QByteArrayView(argument) == "--help"
            || QByteArrayView(argument) == "--version" || QByteArrayView(argument) == "-h"
            || QByteArrayView(argument) == "-v";
    });
}

} // namespace admin
