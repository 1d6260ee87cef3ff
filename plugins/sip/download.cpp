// SPDX-License-Identifier: GPL-3.0-only
#include "download.h"

#include "archiver.h"
#include "byterange.h"

#include <QFile>

#include <algorithm>
#include <memory>
#include <utility>

namespace sip {

using namespace Qt::StringLiterals;
using quoin::Error;
using quoin::Future;
using quoin::Request;
using quoin::Response;
using quoin::Result;
using quoin::Services;

namespace {

constexpr qint64 pieceSize = 256 * 1024;

Error damage(const StoredPackage &package, const QString &path, const QString &reason)
{
    return Error::internal(
        u"the file of package %1, %2, %3; restore it from a copy"_s.arg(package.id).arg(path, reason));
}

/// Reads the bytes of a file from first to last, a piece at a time and each on the pool. Asked for one piece at a time.
class Pieces
{
public:
    Pieces(std::shared_ptr<QFile> file, const ByteRange &range, const Services &services)
        : m_file(std::move(file)) // shared: with the piece that is being read when the client goes away
        , m_at(range.first)
        , m_end(range.first + range.length)
        , m_services(services)
    {
    }

    Future<QByteArray> operator()()
    {
        const qint64 size = std::min(pieceSize, m_end - m_at);
        const qint64 from = std::exchange(m_at, m_at + size);
        return m_services.run([file = m_file, from, size] { return readPiece(*file, from, size); });
    }

    static Result<QByteArray> readPiece(QFile &file, qint64 from, qint64 size)
    {
        if (size == 0)
            return QByteArray();
        if (!file.seek(from))
            return Error::internal(u"%1 cannot be read: %2"_s.arg(file.fileName(), file.errorString()));
        QByteArray bytes = file.read(size);
        if (bytes.size() != size)
            return Error::internal(u"%1 ends before byte %2"_s.arg(file.fileName()).arg(from + size));
        return bytes;
    }

private:
    std::shared_ptr<QFile> m_file;
    qint64 m_at;
    qint64 m_end;
    Services m_services;
};

/// The range that is to be sent. Only GET has ranges (§14.2), and If-Range asks for the whole if the file is not the
/// one the client has part of (§13.1.5); a date never matches, as none was given out.
ByteRange wantedRange(const Request &request, const QByteArray &tag, qint64 size)
{
    const QByteArray ifRange = request.header("If-Range");
    const bool applies = request.method() == "GET" && (ifRange.isNull() || ifRange.trimmed() == tag);
    return parseRange(applies ? request.header("Range") : QByteArray(), size);
}

void addDescription(Response &response, const StoredPackage &package, const QByteArray &tag)
{
    response.addHeader("ETag", tag);
    response.addHeader("Accept-Ranges", "bytes");
    response.addHeader("Repr-Digest", "sha-256=:" + QByteArray::fromHex(package.sha256).toBase64() + ':'); // RFC 9530
    response.addHeader("Content-Disposition",
                       "attachment; filename=\"" + package.file.toLatin1() + '"'); // digits, '_' and a suffix
}

Result<Response> body(const Request &request, const StoredPackage &package, std::shared_ptr<QFile> file,
                      const ByteRange &range, const Services &services)
{
    const int status = range.kind == ByteRange::Kind::Part ? 206 : 200;
    if (range.length > pieceSize || request.method() == "HEAD")
        return Response::stream(mediaType(package.file), Pieces(std::move(file), range, services), range.length,
                                status);
    auto bytes = Pieces::readPiece(*file, range.first, range.length);
    if (!bytes)
        return bytes.error();
    return Response::bytes(*std::move(bytes), mediaType(package.file), status);
}

} // namespace

Result<Response> download(const Request &request, const StoredPackage &package, const QString &directory,
                          const Services &services)
{
    const QString path = directory + u'/' + package.file;
    auto file = std::make_shared<QFile>(path);
    if (!package.fault.isEmpty())
        return damage(package, path, u"failed its last check: "_s + package.fault);
    if (!file->open(QFile::ReadOnly | QFile::Unbuffered))
        return damage(package, path, u"cannot be opened: "_s + file->errorString());
    if (file->size() != package.size)
        return damage(package, path, u"has %1 bytes instead of %2"_s.arg(file->size()).arg(package.size));

    // In the order of RFC 9110 §13.2.2.
    const QByteArray tag = '"' + package.sha256 + '"';
    const QByteArray ifMatch = request.header("If-Match");
    if (!ifMatch.isNull() && !namesTag(ifMatch, tag, true))
        return Response::problem(412, u"The package is not the one that If-Match names."_s);
    const QByteArray ifNoneMatch = request.header("If-None-Match");
    if (!ifNoneMatch.isNull() && namesTag(ifNoneMatch, tag, false))
        return Response::empty(304).header("ETag", tag);

    const ByteRange range = wantedRange(request, tag, package.size);
    if (range.kind == ByteRange::Kind::Unsatisfiable)
        return Response::problem(416, u"The package has %1 bytes; the range begins behind its end."_s.arg(package.size))
            .header("Content-Range", contentRange(range, package.size));
    auto response = body(request, package, std::move(file), range, services);
    if (!response)
        return response;
    if (range.kind == ByteRange::Kind::Part)
        response->addHeader("Content-Range", contentRange(range, package.size));
    addDescription(*response, package, tag);
    return response;
}

} // namespace sip
