// SPDX-License-Identifier: MIT
#pragma once

#include "iiif.h"

#include <quoin/testhost.h>

#include <QImage>
#include <QTemporaryDir>

/// The plugin in its host, with a folder of images that goes with it.
class Scene
{
public:
    Scene();

    quoin::TestHost &host() { return m_host; }
    bool start();
    const char *fault() const { return m_host.fault(); }

    QString folder() const { return m_folder.path(); }
    QString path(const QString &name) const { return m_folder.filePath(name); }
    /// Written losslessly unless the name ends in .jpg.
    bool put(const QString &name, const QImage &image) const;
    bool put(const QString &name, const QByteArray &bytes) const;

    quoin::TestResponse get(const QByteArray &target, const quoin::HeaderList &headers = {});
    /// The image at "/iiif/" + address; null, with a warning that says why, if there is none.
    QImage image(const QByteArray &address);

private:
    QTemporaryDir m_folder;
    iiif::Iiif m_plugin;
    quoin::TestHost m_host;
};

/// 60 x 40, no two pixels alike.
QImage picture();
/// 480 x 320 in soft colours that JPEG hardly changes, each of the four corners another.
QImage photograph();

QByteArray jpegOf(const QImage &image);
/// With an Exif note of how the camera was held (orientation 1 to 8, Exif 2.3 section 4.6.4).
QByteArray jpegOf(const QImage &image, int orientation);

/// The largest difference of any colour of any pixel; 256 if the sizes differ.
int largestDifference(const QImage &one, const QImage &other);
