// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/seal.h"

#include "bagit/digest.h"

#include <QFile>
#include <QtEndian>

#include <algorithm>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

constexpr QByteArrayView prefix = "Quoin sha256 ";
constexpr qsizetype digestSize = 64;
constexpr qsizetype sealSize = prefix.size() + digestSize;
constexpr qsizetype lengthSize = 2; // "ZIP file comment length", the last field before the comment (APPNOTE.TXT 4.3.16)

bool isHex(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Either half is enough: a flipped byte in one of them must not turn a sealed zip into an unsealed one.
bool looksSealed(QByteArrayView comment) { return comment.startsWith(prefix) || isHex(comment.last(digestSize)); }

void addBrokenSeal(Report &report)
{
    report.add(FaultKind::BrokenSeal, {},
               u"The package is not byte for byte what was made: the digest at its end does not fit."_s);
}

QByteArray digestOfFirst(QFile &file, qint64 size)
{
    Digester digester(Algorithm::Sha256);
    while (size > 0) {
        const QByteArray piece = file.read(std::min<qint64>(size, 64 * 1024));
        if (piece.isEmpty())
            return {};
        digester.add(piece);
        size -= piece.size();
    }
    return digester.hex();
}

} // namespace

QByteArray sealed(const QByteArray &zip)
{
    QByteArray whole = zip;
    qToLittleEndian(quint16(sealSize), whole.data() + whole.size() - lengthSize);
    const QByteArray digest = digestOf(Algorithm::Sha256, whole);
    return whole.append(prefix).append(digest);
}

void checkSealOf(QByteArrayView zip, Report &report)
{
    if (zip.size() < sealSize + lengthSize)
        return;
    const QByteArrayView tail = zip.last(sealSize + lengthSize);
    if (qFromLittleEndian<quint16>(tail.data()) != sealSize || !looksSealed(tail.sliced(lengthSize)))
        return;
    const QByteArrayView comment = tail.sliced(lengthSize);
    if (!comment.startsWith(prefix) || digestOf(Algorithm::Sha256, zip.chopped(sealSize)) != comment.last(digestSize))
        addBrokenSeal(report);
}

void checkSeal(const QString &path, Report &report)
{
    QFile file(path);
    if (!file.open(QFile::ReadOnly | QFile::Unbuffered) || file.size() < sealSize + lengthSize)
        return; // what cannot be read was reported by whoever read the zip
    const qint64 end = file.size() - sealSize;
    file.seek(end - lengthSize);
    const QByteArray tail = file.read(lengthSize + sealSize);
    if (tail.size() != lengthSize + sealSize || qFromLittleEndian<quint16>(tail.constData()) != sealSize)
        return;
    const QByteArrayView comment = QByteArrayView(tail).sliced(lengthSize);
    if (!looksSealed(comment))
        return;
    file.seek(0);
    if (!comment.startsWith(prefix) || digestOfFirst(file, end) != comment.last(digestSize))
        addBrokenSeal(report);
}

} // namespace quoin::bagit
