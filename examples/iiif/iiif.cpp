// SPDX-License-Identifier: MIT
#include "iiif.h"

#include "conditional.h"
#include "imageinfo.h"

#include <QCryptographicHash>
#include <QDir>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace iiif {

using quoin::Error;
using quoin::ErrorKind;
using quoin::Request;
using quoin::Response;
using quoin::Result;

namespace {

/// Clients ask again after an hour, which costs them a 304 for as long as the image's file is the same.
constexpr const char *cacheControl = "public, max-age=3600";

/// Pages from anywhere may read every answer (section 5.1), also what went wrong. The others keep to what the host
/// makes of them: its log, its Retry-After.
Result<Response> forAnyOrigin(Result<Response> answer)
{
    if (!answer && answer.error().kind() != ErrorKind::Invalid && answer.error().kind() != ErrorKind::NotFound)
        return answer;
    const int status = answer ? 0 : answer.error().kind() == ErrorKind::Invalid ? 400 : 404;
    Response response = answer ? *std::move(answer) : Response::problem(status, answer.error().message());
    response.addHeader("Access-Control-Allow-Origin", "*");
    return response;
}

/// What full() makes, or a 304 for a client that has it already.
template <class F>
Result<Response> conditional(const Request &request, const QByteArray &entityTag, F full)
{
    const bool isThere = isAlreadyThere(request.header("If-None-Match"), entityTag);
    Result<Response> response = isThere ? Result<Response>(Response::empty(304)) : full();
    if (response) {
        response->addHeader("ETag", entityTag);
        response->addHeader("Cache-Control", cacheControl);
    }
    return response;
}

/// A 403: the image is there, and this server is told not to decode it.
std::optional<Response> refuseTooLarge(QSize image, const Limits &limits)
{
    if (pixelsOf(image) <= limits.source)
        return std::nullopt;
    return Response::problem(403,
                             u"The image is %1 x %2 pixels large, and at most %3 in all are allowed here "
                             u"(iiif.largest_source)."_s.arg(image.width())
                                 .arg(image.height())
                                 .arg(limits.source));
}

/// Qt refuses to decode what needs more than its limit, which is one for the whole process: never lowered. 8 bytes: a
/// pixel of 16 bits a colour.
void allowDecodingOf(qint64 pixels)
{
    const int needed = static_cast<int>(pixels * 8 / (1024 * 1024)) + 1;
    if (const int limit = QImageReader::allocationLimit(); limit != 0 && limit < needed)
        QImageReader::setAllocationLimit(needed);
}

} // namespace

void Iiif::describe(quoin::Registry &registry)
{
    // A capture is one whole segment, so that {quality}.{format} is taken as one and parted here.
    registry.get(u"/iiif/{identifier}/{region}/{size}/{rotation}/{quality_format}"_s, &Iiif::image)
        .summary(u"An image, or a part of it (IIIF Image API 2.1); the last segment is {quality}.{format}"_s);
    registry.get(u"/iiif/{identifier}/info.json"_s, &Iiif::info)
        .summary(u"What an image is and what can be asked of it"_s);
    registry.get(u"/iiif/{identifier}"_s, &Iiif::base).summary(u"Leads to info.json"_s);
}

Result<> Iiif::start(quoin::Services &services)
{
    m_folder = services.setting<QString>(u"images"_s);
    m_url = services.setting<QString>(u"url"_s).toUtf8();
    while (m_url.endsWith('/'))
        m_url.chop(1);
    m_limits.source = services.setting<qint64>(u"largest_source"_s);
    m_limits.result = services.setting<qint64>(u"largest_result"_s);
    if (!m_url.isEmpty() && !QUrl(QString::fromUtf8(m_url), QUrl::StrictMode).scheme().startsWith(u"http"))
        return Error::invalid(
            u"iiif.url: \"%1\" does not begin with http:// or https://"_s.arg(QString::fromUtf8(m_url)));
    if (!QDir().mkpath(m_folder))
        return Error::unavailable(u"iiif.images: the folder %1 cannot be made"_s.arg(m_folder));
    allowDecodingOf(std::max(m_limits.source, m_limits.result));
    m_studio = std::make_unique<Studio>(m_limits, services.pluginDataDirectory() + u"/cache"_s,
                                        services.setting<qint64>(u"cache"_s), services.log());
    return m_studio->open();
}

void Iiif::stop() { m_studio.reset(); }

Iiif::Answer Iiif::base(const Request &request, const QByteArray &identifier) const
{
    const auto source = open(identifier);
    if (!source)
        return forAnyOrigin(source.error());
    return forAnyOrigin(Response::empty(303).header("Location", baseUri(request, identifier) + "/info.json"));
}

Iiif::Answer Iiif::info(const Request &request, const QByteArray &identifier) const
{
    return forAnyOrigin(describeImage(request, identifier));
}

Iiif::Answer Iiif::image(const Request &request, const QByteArray &identifier, const QString &region,
                         const QString &size, const QString &rotation, const QString &last) const
{
    const auto wanted = ImageRequest::parse(region, size, rotation, last);
    return forAnyOrigin(wanted ? makeImage(request, identifier, *wanted) : wanted.error());
}

Result<std::unique_ptr<SourceImage>> Iiif::open(const QByteArray &identifier) const
{
    return SourceImage::open(m_folder, identifier);
}

Iiif::Answer Iiif::describeImage(const Request &request, const QByteArray &identifier) const
{
    const auto source = open(identifier);
    if (!source)
        return source.error();
    if (const auto tooLarge = refuseTooLarge((*source)->size(), m_limits))
        return *tooLarge;
    const QByteArray type = isAskedFor(request.header("Accept"), "application/ld+json") ? "application/ld+json"
                                                                                        : "application/json";
    const QByteArray body = imageInfo(QString::fromUtf8(baseUri(request, identifier)), (*source)->size(), m_limits);
    const QByteArray digest = QCryptographicHash::hash(type + body, QCryptographicHash::Sha256).toHex();
    auto response = conditional(request, '"' + digest + '"',
                                [&]() -> Result<Response> { return Response::bytes(body, type); });
    response->addHeader("Vary", "Accept");
    return response;
}

Iiif::Answer Iiif::makeImage(const Request &request, const QByteArray &identifier, const ImageRequest &wanted) const
{
    const auto source = open(identifier);
    if (!source)
        return source.error();
    if (const auto tooLarge = refuseTooLarge((*source)->size(), m_limits))
        return *tooLarge;
    const auto rendering = Rendering::resolve(wanted, (*source)->size(), m_limits);
    if (!rendering)
        return rendering.error();

    const QByteArray entityTag = '"' + Studio::keyOf(**source, *rendering) + '"';
    auto response = conditional(request, entityTag, [&]() -> Result<Response> {
        if (request.isCancelled())
            return Error::unavailable(u"Nobody waits for it any more."_s);
        const auto bytes = m_studio->answer(**source, *rendering);
        if (!bytes)
            return bytes.error();
        return Response::bytes(*bytes, rendering->format.mediaType);
    });
    if (response) {
        const QByteArray canonical = baseUri(request, identifier) + '/' + rendering->canonical;
        response->addHeader("Link", '<' + canonical + ">;rel=\"canonical\"");
        response->addHeader("Link", QByteArray("<") + profileUri + ">;rel=\"profile\"");
    }
    return response;
}

/// Percent-encoded in one way, whichever the client chose.
QByteArray Iiif::baseUri(const Request &request, const QByteArray &identifier) const
{
    const QByteArray host = request.header("Host");
    const QByteArray origin = !m_url.isEmpty() ? m_url : host.isEmpty() ? QByteArray() : "http://" + host;
    return origin + "/iiif/" + identifier.toPercentEncoding();
}

} // namespace iiif
