// SPDX-License-Identifier: MIT
#include "formats.h"

#include <QImageWriter>

#include <algorithm>

namespace iiif {

namespace {

QList<Format> findWritable()
{
    const QList<Format> named{
        {"jpg", "image/jpeg", "jpeg", false, 85}, {"png", "image/png", "png"}, {"tif", "image/tiff", "tiff"},
        {"webp", "image/webp", "webp", true, 85}, {"gif", "image/gif", "gif"}, {"jp2", "image/jp2", "jp2"},
    };
    const QList<QByteArray> written = QImageWriter::supportedImageFormats();
    QList<Format> writable;
    std::ranges::copy_if(named, std::back_inserter(writable), [&](const Format &format) {
        // The first two belong to the API's level 2, and to Qt's own package. Without them every request for them
        // fails with Qt's sentence, which says more than a document that leaves them out.
        return format.extension == "jpg" || format.extension == "png" || written.contains(format.writer);
    });
    return writable;
}

} // namespace

const QList<Format> &writableFormats()
{
    static const QList<Format> formats = findWritable();
    return formats;
}

std::optional<Format> findFormat(QByteArrayView extension)
{
    const auto &formats = writableFormats();
    const auto found = std::ranges::find(formats, extension, &Format::extension);
    return found == formats.end() ? std::nullopt : std::optional(*found);
}

bool isServedKind(const QByteArray &kind)
{
    static const QList<QByteArray> kinds{"jpeg", "jpg", "png", "tiff", "tif", "webp",
                                         "gif",  "jp2", "bmp", "pbm",  "pgm", "ppm"};
    return kinds.contains(kind);
}

} // namespace iiif
