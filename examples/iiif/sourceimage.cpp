// SPDX-License-Identifier: MIT
#include "sourceimage.h"

#include "formats.h"
#include "imagelimits.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

using namespace Qt::StringLiterals;

namespace iiif {

using quoin::Error;
using quoin::Result;

namespace {

Error notFound(const QByteArray &identifier)
{
    return Error::notFound(u"There is no image \"%1\"."_s.arg(QString::fromUtf8(identifier)));
}

/// A name of one file: no way into another folder, and nothing that begins with a dot.
bool isName(const QByteArray &identifier)
{
    return !identifier.isEmpty() && !identifier.startsWith('.') && !identifier.contains('/')
        && !identifier.contains('\0');
}

/// The descriptor of a regular file right in the folder, or -1 with errno. O_NONBLOCK: a pipe must not hold the thread.
Result<int> openWithin(const QString &folder, const QByteArray &name)
{
    const int directory = ::open(QFile::encodeName(folder).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return Error::unavailable(u"The folder of the images cannot be opened."_s);
    const int file = ::openat(directory, name.constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const int fault = errno;
    ::close(directory);
    if (file < 0 && fault == EACCES)
        return Error::internal(u"%1 in %2 may not be read by this server"_s.arg(QString::fromUtf8(name), folder));
    if (file < 0 && (fault == EMFILE || fault == ENFILE || fault == ENOMEM || fault == EIO))
        return Error::unavailable(
            u"The image cannot be opened: %1."_s.arg(QString::fromLocal8Bit(std::strerror(fault))));
    return file;
}

/// Null unless it is a regular file.
QByteArray stampOf(int descriptor)
{
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return {};
    QByteArray stamp;
    for (const qint64 part : {qint64(status.st_dev), qint64(status.st_ino), qint64(status.st_size),
                              qint64(status.st_mtim.tv_sec), qint64(status.st_mtim.tv_nsec)})
        stamp += QByteArray::number(part) + ' ';
    return stamp;
}

} // namespace

Result<std::unique_ptr<SourceImage>> SourceImage::open(const QString &folder, const QByteArray &identifier)
{
    if (!isName(identifier))
        return notFound(identifier);
    const auto descriptor = openWithin(folder, identifier);
    if (!descriptor)
        return descriptor.error();
    if (*descriptor < 0)
        return notFound(identifier);
    std::unique_ptr<SourceImage> image(new SourceImage);
    image->m_identifier = identifier;
    image->m_stamp = stampOf(*descriptor);
    const bool isOpen = image->m_file.open(*descriptor, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle);
    if (!isOpen)
        ::close(*descriptor);
    if (!isOpen || image->m_stamp.isNull())
        return notFound(identifier);
    if (auto read = image->readHead(); !read)
        return read.error();
    return image;
}

Result<> SourceImage::readHead()
{
    m_reader.setDevice(&m_file);
    m_reader.setDecideFormatFromContent(true);
    m_reader.setAutoTransform(true);
    if (!m_reader.canRead() || !isServedKind(m_reader.format()))
        return Error::notFound(
            u"\"%1\" is not an image of a kind that is served."_s.arg(QString::fromUtf8(m_identifier)));
    m_storedSize = m_reader.size();
    m_turn = m_reader.transformation();
    if (m_storedSize.isEmpty())
        return Error::notFound(u"\"%1\" does not say how large it is."_s.arg(QString::fromUtf8(m_identifier)));
    return {};
}

QSize SourceImage::size() const { return isTurned() ? m_storedSize.transposed() : m_storedSize; }

qint64 SourceImage::decodedPixels(const QRect &region) const
{
    return m_reader.supportsOption(QImageIOHandler::ClipRect) ? pixelsOf(region.size()) : pixelsOf(m_storedSize);
}

/// The way back from what is looked at to what is stored. Qt mirrors and flips first, then turns by 90 degrees.
QRect SourceImage::stored(QRect region) const
{
    if (isTurned())
        region = QRect(QPoint(region.y(), size().width() - region.x() - region.width()), region.size().transposed());
    if (m_turn.testFlag(QImageIOHandler::TransformationMirror))
        region.moveLeft(m_storedSize.width() - region.x() - region.width());
    if (m_turn.testFlag(QImageIOHandler::TransformationFlip))
        region.moveTop(m_storedSize.height() - region.y() - region.height());
    return region;
}

Result<QImage> SourceImage::decode(const QRect &region, QSize size)
{
    // The reader cuts first and scales then; JPEG decodes no more than it has to for both.
    if (region.size() != this->size())
        m_reader.setClipRect(stored(region));
    if (size != region.size())
        m_reader.setScaledSize(isTurned() ? size.transposed() : size);
    const QImage image = m_reader.read();
    if (stampOf(m_file.handle()) != m_stamp)
        return Error::unavailable(u"The image is being written just now. Ask again."_s);
    if (image.isNull() || image.size() != size)
        return Error::internal(
            u"%1 cannot be decoded: %2"_s.arg(QString::fromUtf8(m_identifier), m_reader.errorString()));
    return image;
}

} // namespace iiif
