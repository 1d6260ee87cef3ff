// SPDX-License-Identifier: MIT
#include "painting.h"

#include <QBuffer>
#include <QColorSpace>
#include <QImageWriter>
#include <QPainter>
#include <QTransform>

using namespace Qt::StringLiterals;

namespace iiif {

using quoin::Error;
using quoin::Result;

namespace {

QImage onWhite(QImage image)
{
    if (!image.hasAlphaChannel())
        return image;
    QImage flat(image.size(), QImage::Format_RGB32);
    flat.fill(Qt::white);
    flat.setColorSpace(image.colorSpace());
    QPainter(&flat).drawImage(0, 0, image);
    return flat;
}

QImage inGray(const QImage &image)
{
    QImage gray = image.convertToFormat(QImage::Format_Grayscale8);
    if (!image.hasAlphaChannel())
        return gray;
    gray.convertTo(QImage::Format_ARGB32);
    gray.setAlphaChannel(image.convertToFormat(QImage::Format_Alpha8));
    return gray;
}

} // namespace

QImage turned(QImage image, const Rotation &rotation)
{
    if (rotation.isMirrored)
        image = std::move(image).mirrored(true, false);
    if (rotation.degrees == 0)
        return image;
    if (!rotation.isStraight())
        image.convertTo(QImage::Format_ARGB32_Premultiplied);
    return image.transformed(QTransform().rotate(rotation.degrees), Qt::SmoothTransformation);
}

QImage inQuality(QImage image, Quality quality)
{
    switch (quality) {
    case Quality::Default:
        return image;
    case Quality::Gray:
        return inGray(image);
    case Quality::Bitonal:
        return inGray(onWhite(std::move(image)))
            .convertToFormat(QImage::Format_Mono, Qt::MonoOnly | Qt::ThresholdDither);
    }
    Q_UNREACHABLE();
}

Result<QByteArray> encoded(QImage image, const Format &format)
{
    if (!format.hasTransparency)
        image = onWhite(std::move(image));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QImageWriter writer(&buffer, format.writer);
    writer.setQuality(format.quality);
    if (image.isNull() || !writer.write(image))
        return Error::internal(u"an image cannot be written as %1: %2"_s.arg(
            QString::fromLatin1(format.extension), image.isNull() ? u"no memory for it"_s : writer.errorString()));
    return bytes;
}

} // namespace iiif
