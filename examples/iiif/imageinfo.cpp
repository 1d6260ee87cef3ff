// SPDX-License-Identifier: MIT
#include "imageinfo.h"

#include "formats.h"
#include "rendering.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace iiif {

namespace {

constexpr int tileSide = 512;

/// 1, 2, 4 ... until the whole image is one tile.
QJsonArray scaleFactors(QSize image)
{
    QJsonArray factors;
    for (int factor = 1;; factor *= 2) {
        factors.append(factor);
        if (image.width() / factor <= tileSide && image.height() / factor <= tileSide)
            return factors;
    }
}

/// The sizes of the whole image that "w," gives for the widths of these factors, smallest first, as far as they are
/// served.
QJsonArray sizes(QSize image, const QJsonArray &factors, const Limits &limits)
{
    QJsonArray sizes;
    for (const QJsonValue factor : factors) {
        const int width = image.width() / factor.toInt();
        const int height = width > 0 ? heightFor(image, width) : 0;
        const bool isServed = height > 0 && width <= limits.side && height <= limits.side
            && pixelsOf({width, height}) <= limits.result;
        if (isServed)
            sizes.prepend(QJsonObject{{u"width"_s, width}, {u"height"_s, height}});
    }
    return sizes;
}

QJsonObject profile(const Limits &limits)
{
    QJsonArray formats;
    for (const Format &format : writableFormats())
        formats.append(QString::fromLatin1(format.extension));
    return {
        {u"formats"_s, formats},
        {u"maxArea"_s, limits.result},
        {u"maxWidth"_s, limits.side},
        {u"qualities"_s, QJsonArray{u"default"_s, u"color"_s, u"gray"_s, u"bitonal"_s}},
        {u"supports"_s,
         QJsonArray{u"baseUriRedirect"_s, u"canonicalLinkHeader"_s, u"cors"_s, u"jsonldMediaType"_s, u"mirroring"_s,
                    u"profileLinkHeader"_s, u"regionByPct"_s, u"regionByPx"_s, u"regionSquare"_s,
                    u"rotationArbitrary"_s, u"rotationBy90s"_s, u"sizeAboveFull"_s, u"sizeByConfinedWh"_s,
                    u"sizeByDistortedWh"_s, u"sizeByH"_s, u"sizeByPct"_s, u"sizeByW"_s, u"sizeByWh"_s}},
    };
}

} // namespace

QByteArray imageInfo(const QString &id, QSize image, const Limits &limits)
{
    const QJsonArray factors = scaleFactors(image);
    const QJsonObject info{
        {u"@context"_s, u"http://iiif.io/api/image/2/context.json"_s},
        {u"@id"_s, id},
        {u"protocol"_s, u"http://iiif.io/api/image"_s},
        {u"width"_s, image.width()},
        {u"height"_s, image.height()},
        {u"sizes"_s, sizes(image, factors, limits)},
        {u"tiles"_s, QJsonArray{QJsonObject{{u"width"_s, tileSide}, {u"scaleFactors"_s, factors}}}},
        {u"profile"_s, QJsonArray{QString::fromLatin1(profileUri), profile(limits)}},
    };
    return QJsonDocument(info).toJson(QJsonDocument::Compact);
}

} // namespace iiif
