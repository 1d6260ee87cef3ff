// SPDX-License-Identifier: GPL-3.0-only
#include "commandline.h"
#include "pages.h"
#include "screenshots.h"
#include "ui/connector.h"
#include "ui/icons.h"
#include "ui/language.h"
#include "ui/mainwindow.h"
#include "ui/theme.h"

#include <QApplication>
#include <QLocale>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

void open(admin::MainWindow &window, const admin::CommandLine &line)
{
    if (line.url.isEmpty()) {
        window.connector().start();
        return;
    }
    admin::Connection connection;
    connection.name = line.url.authority();
    connection.url = line.url;
    connection.isReadOnly = line.isReadOnly;
    window.connectTo(connection, line.token);
}

int takePictures(const admin::CommandLine &line)
{
    admin::Theme::dress(false);
    admin::MainWindow window(admin::makePages, nullptr, admin::TokenStore::Place::File);
    open(window, line);
    admin::Screenshots screenshots(window, line.pictures);
    QObject::connect(&screenshots, &admin::Screenshots::done, &window, [](const QStringList &problems) {
        for (const QString &problem : problems)
            std::fprintf(stderr, "quoin-admin: %s\n", qPrintable(problem));
        QCoreApplication::exit(problems.isEmpty() ? 0 : 1);
    });
    screenshots.start();
    return QApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    // Pictures, --help and --version need no screen.
    if (admin::CommandLine::wantsPictures(argc, argv) && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QApplication::setOrganizationName(u"quoin"_s);
    QApplication::setApplicationName(u"quoin-admin"_s);
    QApplication::setApplicationDisplayName(u"Quoin"_s);
    QApplication::setApplicationVersion(QStringLiteral(QUOIN_ADMIN_VERSION));
    QApplication::setDesktopFileName(u"org.quoin.Admin"_s);
    QApplication::setWindowIcon(admin::programIcon());
    admin::useLanguage(QLocale(), QApplication::applicationDirPath() + u"/../share/quoin-admin/translations"_s);

    const auto line = admin::CommandLine::parse(QApplication::arguments());
    if (line.ending) {
        std::fputs(qPrintable(line.ending->text), line.ending->exitCode == 0 ? stdout : stderr);
        return line.ending->exitCode;
    }
    if (!line.pictures.isEmpty())
        return takePictures(line);

    admin::Theme theme;
    admin::MainWindow window(admin::makePages, &theme);
    window.restore();
    open(window, line);
    if (line.isReadOnly && window.session())
        window.session()->setReadOnly(true);
    window.show();
    return QApplication::exec();
}
