// SPDX-License-Identifier: GPL-3.0-only
#include "archiver.h"

#include "bagit/package.h"

#include <utility>

#include <zlib.h>

namespace sip {

using namespace Qt::StringLiterals;
using quoin::Error;
using quoin::Result;
using quoin::bagit::StoredFile;

namespace {

QByteArray packageName(const Submission &submission)
{
    return QByteArray::number(submission.record) + '_' + quoin::bagit::basicTime(submission.created);
}

quoin::bagit::Package bagOf(const Submission &submission)
{
    // The agent names the format of the package and not our release: the bytes depend on the task alone.
    return {
        packageName(submission),
        {{"data/record.json", submission.data.text()}},
        {{"Bag-Software-Agent", "Quoin (package format 1)"},
         {"Bagging-Date", quoin::bagit::extendedTime(submission.created).first(10)},
         {"External-Identifier", QByteArray::number(submission.record)},
         {"External-Description", "Record " + QByteArray::number(submission.record) + " as it was submitted, in JSON"}},
        submission.created};
}

// Not qCompress(), which puts a length of four bytes before the stream.
Result<QByteArray> deflated(const QByteArray &text)
{
    uLongf size = compressBound(static_cast<uLong>(text.size()));
    QByteArray stream(static_cast<qsizetype>(size), Qt::Uninitialized);
    const int code = compress2(reinterpret_cast<Bytef *>(stream.data()), &size,
                               reinterpret_cast<const Bytef *>(text.constData()), static_cast<uLong>(text.size()),
                               Z_DEFAULT_COMPRESSION);
    if (code != Z_OK)
        return Error::internal(u"zlib cannot compress the record: %1"_s.arg(QString::fromLatin1(zError(code))));
    stream.resize(static_cast<qsizetype>(size));
    return stream;
}

/// Whether what was read back unpacks to the text again.
Result<> checkDeflated(const QByteArray &stream, const QString &path, const QByteArray &text)
{
    uLongf size = static_cast<uLongf>(text.size()) + 1; // one more, so that a longer text does not fit
    QByteArray back(static_cast<qsizetype>(size), Qt::Uninitialized);
    const int code = uncompress(reinterpret_cast<Bytef *>(back.data()), &size,
                                reinterpret_cast<const Bytef *>(stream.constData()), static_cast<uLong>(stream.size()));
    if (code != Z_OK || QByteArrayView(back).first(static_cast<qsizetype>(size)) != text)
        return Error::internal(u"the package at %1 does not unpack to its record"_s.arg(path));
    return {};
}

QList<Result<StoredFile>> storeDeflated(const QString &folder, const QList<Submission> &submissions)
{
    QList<Result<StoredFile>> results;
    QList<quoin::bagit::NewFile> files;
    for (const Submission &submission : submissions) {
        const QByteArray text = submission.data.text();
        const auto stream = deflated(text);
        if (stream) {
            files += {QString::fromLatin1(packageName(submission)) + u".zlib"_s, *stream,
                      [text](const QByteArray &readBack, const QString &path) {
                          return checkDeflated(readBack, path, text);
                      }};
        } else {
            results += quoin::bagit::storeFiles(folder, std::exchange(files, {})); // so that each is at its place
            results += stream.error();
        }
    }
    return results + quoin::bagit::storeFiles(folder, files);
}

} // namespace

QList<Result<StoredFile>> archive(const QString &folder, Format format, const QList<Submission> &submissions)
{
    if (format == Format::Zlib)
        return storeDeflated(folder, submissions);
    QList<quoin::bagit::Package> bags;
    bags.reserve(submissions.size());
    for (const Submission &submission : submissions)
        bags += bagOf(submission);
    return quoin::bagit::storePackages(folder, bags);
}

QByteArray mediaType(const QString &file)
{
    return file.endsWith(u".zlib"_s) ? QByteArrayLiteral("application/zlib")
                                     : QByteArrayLiteral("application/zip"); // RFC 6713
}

} // namespace sip
