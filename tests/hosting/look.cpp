// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/lint.h"
#include "plugins/loader.h"
#include "plugins/metadata.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <cstdio>

using namespace quoin::plugins;

/// look FILE: fails with the reason if the host would not take the file; runs none of its code.
int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QString path = QCoreApplication::arguments().value(1);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        std::fprintf(stderr, "cannot read %s\n", qPrintable(path));
        return 2;
    }
    Fault fault;
    if (const auto found = lint(file.readAll()))
        fault = *found;
    else
        readMetadata(loaderMetadata(path), QFileInfo(path).completeBaseName(), &fault);
    std::fputs(qPrintable(fault.reason), stderr);
    return fault.reason.isEmpty() ? 0 : 1;
}
