// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>

namespace iiif {

/// A format of answers.
struct Format
{
    QByteArray extension; ///< As the API names it (section 4.5).
    QByteArray mediaType;
    QByteArray writer; ///< As QImageWriter names it.
    bool hasTransparency = true;
    int quality = -1; ///< For QImageWriter; -1: its default.
};

/// Those of the API that the Qt on this machine writes; jpg and png are always the first two. Any thread.
const QList<Format> &writableFormats();

std::optional<Format> findFormat(QByteArrayView extension);

/// Whether images of this kind (as QImageReader names it) are served. Not all that Qt reads are: an SVG may refer to
/// other files, and a PDF is a program.
bool isServedKind(const QByteArray &kind);

} // namespace iiif
