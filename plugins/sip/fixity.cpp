// SPDX-License-Identifier: GPL-3.0-only
#include "fixity.h"

#include "bagit/digest.h"

#include <QFile>

namespace sip {

using namespace Qt::StringLiterals;
using quoin::bagit::Algorithm;
using quoin::bagit::Digester;

std::optional<QString> checkPackage(const QString &directory, const StoredPackage &package,
                                    const std::function<bool()> &isStopped)
{
    QFile file(directory + u'/' + package.file);
    if (!file.open(QFile::ReadOnly | QFile::Unbuffered))
        return u"it cannot be opened: "_s + file.errorString();
    if (file.size() != package.size)
        return u"it has %1 bytes instead of %2"_s.arg(file.size()).arg(package.size);

    Digester digester(Algorithm::Sha256);
    QByteArray piece(256 * 1024, Qt::Uninitialized);
    for (;;) {
        if (isStopped())
            return std::nullopt;
        const qint64 count = file.read(piece.data(), piece.size());
        if (count < 0)
            return u"it cannot be read: "_s + file.errorString();
        if (count == 0)
            break;
        digester.add(QByteArrayView(piece).first(count));
    }
    const QByteArray digest = digester.hex();
    return digest == package.sha256 ? QString() : u"its sha256 is %1"_s.arg(QString::fromLatin1(digest));
}

void tellLoss(const QLoggingCategory &log, const StoredPackage &package, const QString &fault)
{
    qCCritical(log).noquote() << u"fixity lost id=%1 record=%2 file=\"%3\" reason=\"%4\""_s.arg(package.id)
                                     .arg(package.record)
                                     .arg(package.file, fault);
}

Time nextCheck(Time now) { return std::chrono::floor<std::chrono::hours>(now) + std::chrono::hours(1); }

QString checkKey(Time at) { return u"sip.check_fixity "_s + QString::fromLatin1(quoin::bagit::basicTime(at)); }

} // namespace sip
