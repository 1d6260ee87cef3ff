// SPDX-License-Identifier: MIT
#pragma once

#include "rendering.h"
#include "resultcache.h"
#include "sharedwork.h"
#include "sourceimage.h"

#include <QLoggingCategory>
#include <QSemaphore>

#include <atomic>

namespace iiif {

/// Makes answers, each once: from the cache, from somebody who is making the same just now, or from the image. Bounds
/// the pixels that are decoded at a time, whoever asks. Blocks. Any thread.
class Studio
{
public:
    /// log is lent.
    Studio(const Limits &limits, const QString &cacheFolder, qint64 cacheLimit, const QLoggingCategory &log);

    quoin::Result<> open() { return m_cache.open(); }

    /// Names what answer() would give: the same bytes for as long as the image's file is the same.
    static QByteArray keyOf(const SourceImage &image, const Rendering &rendering);

    /// The bytes of the finished image.
    quoin::Result<QByteArray> answer(SourceImage &image, const Rendering &rendering);

    /// How many were made from their image so far.
    int made() const { return m_made; }

private:
    quoin::Result<QByteArray> make(SourceImage &image, const Rendering &rendering);

    const QLoggingCategory &m_log;
    const int m_pixels;
    QSemaphore m_free; ///< Pixels.
    ResultCache m_cache;
    SharedWork m_work;
    std::atomic<int> m_made = 0;
};

} // namespace iiif
