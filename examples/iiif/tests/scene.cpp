// SPDX-License-Identifier: MIT
#include "scene.h"

#include <QBuffer>
#include <QFile>

#include <algorithm>
#include <cstdlib>

using namespace Qt::StringLiterals;

Scene::Scene() { m_host.set(u"images"_s, folder()); }

bool Scene::start() { return m_host.start(m_plugin).has_value(); }

bool Scene::put(const QString &name, const QImage &image) const
{
    return name.endsWith(u".jpg") ? put(name, jpegOf(image)) : image.save(path(name), "PNG");
}

bool Scene::put(const QString &name, const QByteArray &bytes) const
{
    QFile file(path(name));
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

quoin::TestResponse Scene::get(const QByteArray &target, const quoin::HeaderList &headers)
{
    return m_host.request("GET", target, {}, headers);
}

QImage Scene::image(const QByteArray &address)
{
    const auto response = get("/iiif/" + address);
    if (response.status != 200)
        qWarning("%s: %d %s", address.constData(), response.status, response.body.constData());
    return response.status == 200 ? QImage::fromData(response.body) : QImage();
}

QImage picture()
{
    QImage image(60, 40, QImage::Format_RGB32);
    for (int y = 0; y < 40; ++y) {
        for (int x = 0; x < 60; ++x)
            image.setPixel(x, y, qRgb(x * 4, y * 6, 128));
    }
    return image;
}

QImage photograph()
{
    QImage image(480, 320, QImage::Format_RGB32);
    for (int y = 0; y < 320; ++y) {
        for (int x = 0; x < 480; ++x)
            image.setPixel(x, y, qRgb(x / 2, y / 2, 255 - (x + y) / 4));
    }
    return image;
}

QByteArray jpegOf(const QImage &image)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.save(&buffer, "JPEG", 95);
    return bytes;
}

QByteArray jpegOf(const QImage &image, int orientation)
{
    // One TIFF directory with the tag 0x0112, little-endian, right after the start of the image.
    QByteArray exif = QByteArray::fromHex("ffe10022") + QByteArray("Exif\0\0", 6)
        + QByteArray::fromHex("49492a0008000000"
                              "0100"
                              "1201"
                              "0300"
                              "01000000"
                              "ff000000"
                              "00000000");
    exif[exif.indexOf(char(0xff), 4)] = static_cast<char>(orientation);
    QByteArray bytes = jpegOf(image);
    return bytes.insert(2, exif);
}

int largestDifference(const QImage &one, const QImage &other)
{
    if (one.size() != other.size() || one.isNull())
        return 256;
    int largest = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x) {
            const QRgb a = one.pixel(x, y);
            const QRgb b = other.pixel(x, y);
            largest = std::max({largest, std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)),
                                std::abs(qBlue(a) - qBlue(b)), std::abs(qAlpha(a) - qAlpha(b))});
        }
    }
    return largest;
}
