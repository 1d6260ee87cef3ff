// SPDX-License-Identifier: GPL-3.0-only
#include "packageinside.h"

#include "bagit/bagview.h"
#include "bagit/report.h"

#include <quoin/json.h>

#include <QFile>

#include <algorithm>
#include <array>
#include <memory>

#include <zlib.h>

namespace sip {

using namespace Qt::StringLiterals;
using quoin::Error;
using quoin::Response;
using quoin::Result;
using quoin::bagit::Label;

namespace {

const QByteArray streamedFile = QByteArrayLiteral("record.json");

bool isStream(const StoredPackage &package) { return package.file.endsWith(u".zlib"_s); }

QString pathOf(const QString &directory, const StoredPackage &package) { return directory + u'/' + package.file; }

Error conflict(const StoredPackage &package, const Error &reason)
{
    if (reason.kind() == quoin::ErrorKind::NotFound)
        return reason;
    return Error::conflict(u"Package %1 cannot be looked into: %2"_s.arg(package.id).arg(reason.message()));
}

struct EndInflate
{
    void operator()(z_stream *stream) const noexcept { inflateEnd(stream); }
};

/// Unpacks a zlib stream (RFC 1950), keeping at most so many bytes of it; its whole size. Invalid if it is damaged.
Result<qint64> inflateFile(const QString &path, qint64 keep, QByteArray &kept)
{
    QFile file(path);
    if (!file.open(QFile::ReadOnly))
        return Error::invalid(u"%1 cannot be opened: %2."_s.arg(path, file.errorString()));
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK)
        return Error::internal(u"zlib has no memory"_s);
    const std::unique_ptr<z_stream, EndInflate> end(&stream);
    std::array<Bytef, 64 * 1024> output;
    QByteArray input;
    qint64 size = 0;
    for (int code = Z_OK; code != Z_STREAM_END;) {
        if (stream.avail_in == 0) {
            input = file.read(64 * 1024);
            stream.next_in = reinterpret_cast<Bytef *>(input.data());
            stream.avail_in = static_cast<uInt>(input.size());
        }
        stream.next_out = output.data();
        stream.avail_out = static_cast<uInt>(output.size());
        code = inflate(&stream, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END)
            return Error::invalid(u"%1 is damaged or cut off."_s.arg(path));
        const auto count = static_cast<qsizetype>(output.size() - stream.avail_out);
        kept.append(reinterpret_cast<const char *>(output.data()), std::min<qsizetype>(count, keep - kept.size()));
        size += count;
    }
    return size;
}

Result<quoin::bagit::BagView> viewStream(const QString &path)
{
    QByteArray nothing;
    const auto size = inflateFile(path, 0, nothing);
    if (!size)
        return size.error();
    return quoin::bagit::BagView{{{streamedFile, *size}}, {}};
}

Result<QByteArray> readStream(const QString &path, qint64 index)
{
    if (index != 0)
        return Error::notFound(u"The package has 1 file, counted from 0."_s);
    QByteArray bytes;
    const auto size = inflateFile(path, largestShown, bytes);
    if (!size)
        return size.error();
    if (*size > largestShown)
        return Error::invalid(u"The record has more than %1 bytes."_s.arg(largestShown));
    return bytes;
}

QByteArray infoJson(const QList<Label> &info)
{
    QByteArrayList names;
    QHash<QByteArray, QByteArrayList> values;
    for (const Label &label : info) {
        if (!values.contains(label.name))
            names += label.name;
        values[label.name] += quoin::jsonString(QString::fromUtf8(label.value));
    }
    QByteArrayList members;
    for (const QByteArray &name : names) {
        const QByteArrayList &all = values[name];
        members += quoin::jsonString(QString::fromUtf8(name)) + ':'
            + (all.size() == 1 ? all.first() : '[' + all.join(',') + ']');
    }
    return '{' + members.join(',') + '}';
}

/// Nothing that a browser would run.
QByteArray typeOf(const QByteArray &bytes)
{
    const bool isText = QString::fromUtf8(bytes).toUtf8() == bytes && !bytes.contains('\0');
    return isText ? QByteArrayLiteral("text/plain; charset=utf-8") : QByteArrayLiteral("application/octet-stream");
}

} // namespace

Result<Response> insideOf(const QString &directory, const StoredPackage &package)
{
    const QString path = pathOf(directory, package);
    const auto view = isStream(package) ? viewStream(path) : quoin::bagit::viewBag(path);
    if (!view)
        return conflict(package, view.error());
    QByteArrayList rows;
    for (const auto &file : view->files)
        rows += "{\"name\":" + quoin::jsonString(quoin::bagit::shown(file.path))
            + ",\"size\":" + QByteArray::number(file.size) + '}';
    QByteArray json = "{\"results\":[" + rows.join(',') + ']';
    if (!view->info.isEmpty())
        json += ",\"bag\":{\"info\":" + infoJson(view->info) + '}';
    return Response::json(json + '}');
}

Result<Response> bytesInside(const QString &directory, const StoredPackage &package, qint64 index)
{
    const QString path = pathOf(directory, package);
    auto bytes = isStream(package) ? readStream(path, index)
                                   : quoin::bagit::readFile(path, static_cast<qsizetype>(index), largestShown);
    if (!bytes)
        return conflict(package, bytes.error());
    const QByteArray type = typeOf(*bytes);
    return Response::bytes(*std::move(bytes), type).header("X-Content-Type-Options", "nosniff");
}

} // namespace sip
