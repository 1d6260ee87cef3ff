// SPDX-License-Identifier: MIT
#include "studio.h"

#include "painting.h"

#include <QCryptographicHash>

#include <algorithm>
#include <limits>

namespace iiif {

using quoin::Result;

namespace {

/// To be raised with every change of what comes out for the same request, so that no older answer is taken for it.
constexpr const char *edition = "1";

} // namespace

Studio::Studio(const Limits &limits, const QString &cacheFolder, qint64 cacheLimit, const QLoggingCategory &log)
    : m_log(log)
    , m_pixels(static_cast<int>(std::min<qint64>(limits.source, std::numeric_limits<int>::max())))
    , m_free(m_pixels)
    , m_cache(cacheFolder, cacheLimit)
{
}

QByteArray Studio::keyOf(const SourceImage &image, const Rendering &rendering)
{
    const QByteArray named = QByteArray(edition) + '\n' + image.stamp() + '\n' + rendering.canonical;
    return QCryptographicHash::hash(named, QCryptographicHash::Sha256).toHex();
}

Result<QByteArray> Studio::answer(SourceImage &image, const Rendering &rendering)
{
    const QByteArray key = keyOf(image, rendering);
    return m_work.run(key, [&]() -> Result<QByteArray> {
        if (const auto kept = m_cache.find(key))
            return *kept;
        auto made = make(image, rendering);
        if (!made)
            return made;
        if (const auto kept = m_cache.insert(key, *made); !kept)
            qCWarning(m_log, "an answer is not kept: %ls", qUtf16Printable(kept.error().message()));
        return made;
    });
}

Result<QByteArray> Studio::make(SourceImage &image, const Rendering &rendering)
{
    const qint64 pixels = image.decodedPixels(rendering.region) + pixelsOf(rendering.size);
    const int share = static_cast<int>(std::min<qint64>(pixels, m_pixels));
    m_free.acquire(share);
    const QSemaphoreReleaser releaser(m_free, share);

    auto decoded = image.decode(rendering.region, rendering.size);
    if (!decoded)
        return decoded.error();
    ++m_made;
    return encoded(inQuality(turned(*std::move(decoded), rendering.rotation), rendering.quality), rendering.format);
}

} // namespace iiif
