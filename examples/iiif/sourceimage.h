// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/result.h>

#include <QFile>
#include <QImage>
#include <QImageReader>
#include <QRect>

#include <memory>

namespace iiif {

/// One image of the folder, open. What is decoded is the file that was opened, whatever becomes of its name. One
/// thread.
class SourceImage
{
public:
    /// identifier: the file's name with its suffix, in UTF-8. NotFound for everything that is not a regular file right
    /// in the folder that holds an image: a path, "..", a hidden file, a link, a pipe. Unavailable: the folder is away.
    static quoin::Result<std::unique_ptr<SourceImage>> open(const QString &folder, const QByteArray &identifier);

    /// Width and height as it is looked at: cameras store a picture as the sensor lay, and a note of how to turn it.
    QSize size() const;
    /// Pixels that are in memory while a region is decoded.
    qint64 decodedPixels(const QRect &region) const;
    /// Another one whenever the file's content may be another.
    QByteArray stamp() const { return m_stamp; }

    /// A region, scaled. Once. Internal: the file is damaged. Unavailable: it was written to meanwhile.
    quoin::Result<QImage> decode(const QRect &region, QSize size);

private:
    SourceImage() = default;
    quoin::Result<> readHead();
    bool isTurned() const { return m_turn.testFlag(QImageIOHandler::TransformationRotate90); }
    QRect stored(QRect region) const;

    QByteArray m_identifier;
    QFile m_file;
    QImageReader m_reader;
    QByteArray m_stamp;
    QSize m_storedSize;
    QImageIOHandler::Transformations m_turn;
};

} // namespace iiif
