// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/bag.h"

#include "bagit/digest.h"
#include "bagit/manifest.h"

#include <array>

namespace quoin::bagit {

namespace {

// RFC 8493 §2.4: sha512 is what bags should have now; sha256 is what most tools that only know one algorithm know.
constexpr std::array manifestAlgorithms{Algorithm::Sha256, Algorithm::Sha512};

QByteArray oxumOf(const QList<BagFile> &payload)
{
    qint64 bytes = 0;
    for (const BagFile &file : payload)
        bytes += file.bytes.size();
    return QByteArray::number(bytes) + '.' + QByteArray::number(payload.size());
}

QByteArray bagInfo(QList<Label> info, const QList<BagFile> &payload)
{
    info.append({"Payload-Oxum", oxumOf(payload)});
    QByteArray text;
    for (Label &label : info)
        text += label.name + ": " + label.value.replace('\r', ' ').replace('\n', ' ') + '\n';
    return text;
}

BagFile manifestOf(const QList<BagFile> &files, const QByteArray &prefix, Algorithm algorithm)
{
    QByteArray lines;
    for (const BagFile &file : files)
        lines += digestOf(algorithm, file.bytes) + "  " + encodedPath(file.path) + '\n';
    return {prefix + nameOf(algorithm) + ".txt", lines};
}

} // namespace

QList<BagFile> makeBag(const QList<BagFile> &payload, const QList<Label> &info)
{
    QList<BagFile> tagFiles{{"bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"},
                            {"bag-info.txt", bagInfo(info, payload)}};
    for (const Algorithm algorithm : manifestAlgorithms)
        tagFiles.append(manifestOf(payload, "manifest-", algorithm));

    QList<BagFile> bag = tagFiles + payload;
    for (const Algorithm algorithm : manifestAlgorithms)
        bag.append(manifestOf(tagFiles, "tagmanifest-", algorithm));
    return bag;
}

} // namespace quoin::bagit
