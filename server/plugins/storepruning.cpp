// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/storepruning.h"

#include <QDir>
#include <QLoggingCategory>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

Q_LOGGING_CATEGORY(lcPruning, "quoin.plugins", QtInfoMsg)

} // namespace

void pruneStore(const QString &store, const QList<QByteArray> &keep)
{
    static const QRegularExpression hash(u"^[0-9a-f]{64}$"_s);
    const QDir folder(store);
    for (const QString &name : folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
        if (!hash.match(name).hasMatch() || keep.contains(name.toLatin1()))
            continue;
        QDir copies(folder.filePath(name));
        const QString what = copies.entryList({u"*.so"_s}, QDir::Files).join(u',');
        if (copies.removeRecursively())
            qCDebug(lcPruning).noquote() << u"copy pruned file=%1 sha256=%2"_s.arg(what, name.first(12));
        else
            qCWarning(lcPruning).noquote() << u"copy cannot be pruned path=%1"_s.arg(copies.path());
    }
}

} // namespace quoin::plugins
