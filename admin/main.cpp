// SPDX-License-Identifier: GPL-3.0-only
#include "pages.h"
#include "ui/mainwindow.h"
#include "ui/theme.h"

#include <QApplication>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"quoin-admin"_s);
    const admin::Theme theme;
    admin::MainWindow window(admin::makePages);
    window.show();
    return QApplication::exec();
}
