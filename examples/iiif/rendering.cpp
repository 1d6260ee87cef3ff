// SPDX-License-Identifier: MIT
#include "rendering.h"

#include <QTransform>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace iiif {

using quoin::Error;
using quoin::Result;

namespace {

QRect centredSquare(QSize image)
{
    const int side = std::min(image.width(), image.height());
    return {(image.width() - side) / 2, (image.height() - side) / 2, side, side};
}

/// From where to where on one axis, cut at the image's edge; empty if it is outside.
std::pair<int, int> span(double from, double length, int all)
{
    const double end = std::min<double>(from + length, all);
    return from >= all || end <= from ? std::pair(0, 0)
                                      : std::pair(static_cast<int>(from), static_cast<int>(end - from));
}

/// Rounded, so that the specification's own pct:41.6,7.5,40,70 of 300 x 200 is its 125,15,120,140.
std::pair<int, int> percentSpan(double from, double length, int all)
{
    const double start = std::min<double>(std::round(all * from / 100), from < 100 ? all - 1 : all);
    return span(start, std::round(all * length / 100), all);
}

Result<QRect> regionIn(const RegionParameter &parameter, QSize image)
{
    using enum RegionParameter::Form;
    if (parameter.form == Full)
        return QRect(QPoint(), image);
    if (parameter.form == Square)
        return centredSquare(image);
    const auto &[x, y, w, h] = parameter.numbers;
    const auto cut = parameter.form == Pixels ? span : percentSpan;
    const auto [left, width] = cut(x, w, image.width());
    const auto [top, height] = cut(y, h, image.height());
    if (width > 0 && height > 0)
        return QRect(left, top, width, height);
    const QString given = u"%1,%2,%3,%4"_s.arg(x).arg(y).arg(w).arg(h);
    return refusal(
        u"region"_s, parameter.form == Percent ? u"pct:"_s + given : given,
        u"nothing of it lies within the image, which is %1 x %2 pixels"_s.arg(image.width()).arg(image.height()));
}

struct Wanted
{
    double width = 0;
    double height = 0;
};

/// The largest that the limits allow: the region itself, or as much of it.
Wanted largest(QSize region, const Limits &limits)
{
    const double longer = std::max(region.width(), region.height());
    const double factor = std::min(
        {1.0, std::sqrt(double(limits.result) / double(pixelsOf(region))), limits.side / longer});
    if (factor == 1)
        return {double(region.width()), double(region.height())};
    return {std::max(1.0, std::floor(region.width() * factor)), std::max(1.0, std::floor(region.height() * factor))};
}

Wanted scaled(QSize region, double factor)
{
    return {std::round(region.width() * factor), std::round(region.height() * factor)};
}

Wanted wanted(const SizeParameter &size, QSize region, const Limits &limits)
{
    const double byWidth = size.width / region.width();
    const double byHeight = size.height / region.height();
    switch (size.form) {
        using enum SizeParameter::Form;
    case Full:
        return {double(region.width()), double(region.height())};
    case Max:
        return largest(region, limits);
    case Width:
        return {size.width, scaled(region, byWidth).height};
    case Height:
        return {scaled(region, byHeight).width, size.height};
    case Percent:
        return scaled(region, size.percent / 100);
    case Exact:
        return {size.width, size.height};
    case Confined:
        return scaled(region, std::min(byWidth, byHeight));
    }
    Q_UNREACHABLE();
}

QString shown(const Wanted &size) { return u"%1 x %2"_s.arg(size.width, 0, 'f', 0).arg(size.height, 0, 'f', 0); }

Error sizeRefusal(const Wanted &size, const QString &sentence) { return refusal(u"size"_s, shown(size), sentence); }

Result<QSize> sizeWithin(const Wanted &size, const Limits &limits)
{
    if (size.width < 1 || size.height < 1)
        return sizeRefusal(size, u"a result has at least one pixel each way"_s);
    if (size.width > limits.side || size.height > limits.side)
        return sizeRefusal(size, u"at most %1 pixels each way are served; max asks for the largest"_s.arg(limits.side));
    if (size.width * size.height > double(limits.result))
        return sizeRefusal(size, u"at most %1 pixels in all are served; max asks for the largest"_s.arg(limits.result));
    return QSize(static_cast<int>(size.width), static_cast<int>(size.height));
}

/// A frame around something turned is up to twice as large as the thing.
Result<> checkFrame(QSize size, const Rotation &rotation, const Limits &limits)
{
    if (rotation.isStraight())
        return {};
    const QRectF frame = QTransform().rotate(rotation.degrees).mapRect(QRectF(QPointF(), size));
    if (frame.width() <= limits.side && frame.height() <= limits.side
        && frame.width() * frame.height() <= double(limits.result))
        return {};
    return refusal(
        u"rotation"_s, QString::number(rotation.degrees),
        u"the frame around it would be %1 pixels, and at most %2 in all and %3 each way are served; ask for a "
        u"smaller size"_s.arg(shown({frame.width(), frame.height()}))
            .arg(limits.result)
            .arg(limits.side));
}

QByteArray canonicalRegion(const QRect &region, QSize image)
{
    if (region == QRect(QPoint(), image))
        return "full";
    return QByteArray::number(region.x()) + ',' + QByteArray::number(region.y()) + ','
        + QByteArray::number(region.width()) + ',' + QByteArray::number(region.height());
}

QByteArray canonicalSize(QSize size, QSize region)
{
    if (size == region)
        return "full";
    const bool keepsShape = size.height() == heightFor(region, size.width());
    return QByteArray::number(size.width()) + ',' + (keepsShape ? QByteArray() : QByteArray::number(size.height()));
}

QByteArray canonicalRotation(const Rotation &rotation)
{
    QByteArray degrees = QByteArray::number(rotation.degrees, 'f', 10);
    while (degrees.endsWith('0'))
        degrees.chop(1);
    if (degrees.endsWith('.'))
        degrees.chop(1);
    return (rotation.isMirrored ? "!" : "") + degrees;
}

QByteArray nameOf(Quality quality)
{
    return quality == Quality::Gray ? "gray" : quality == Quality::Bitonal ? "bitonal" : "default";
}

} // namespace

int heightFor(QSize region, int width)
{
    return static_cast<int>(std::round(region.height() * (double(width) / region.width())));
}

Result<Rendering> Rendering::resolve(const ImageRequest &request, QSize image, const Limits &limits)
{
    const auto region = regionIn(request.region, image);
    if (!region)
        return region.error();
    const auto size = sizeWithin(wanted(request.size, region->size(), limits), limits);
    if (!size)
        return size.error();
    if (const auto checked = checkFrame(*size, request.rotation, limits); !checked)
        return checked.error();

    Rendering rendering{*region, *size, request.rotation, request.quality, request.format, {}};
    rendering.canonical = canonicalRegion(*region, image) + '/' + canonicalSize(*size, region->size()) + '/'
        + canonicalRotation(request.rotation) + '/' + nameOf(request.quality) + '.' + request.format.extension;
    return rendering;
}

} // namespace iiif
