// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/recordlist.h"

#include <QSaveFile>

namespace admin {

enum class ExportFormat {
    Lines, ///< NDJSON: the data of a record on each line, as POST /record takes them
    Csv,   ///< RFC 4180: id, time, size, the chosen values, the data; with a head line
};

/// The file of an export: complete, or not there. For one thread at a time, whichever.
class ExportFile
{
public:
    ExportFile(const QString &name, ExportFormat format, const QList<JsonPath> &paths);

    /// An empty text, or why it could not be written.
    QString open();
    QString write(const QList<ListedRecord> &records);
    /// Puts it in place of what was there before; without it nothing is left.
    QString commit();

private:
    QByteArray lineOf(const ListedRecord &record) const;
    QString fault() const;

    QSaveFile m_file;
    ExportFormat m_format;
    QList<JsonPath> m_paths;
};

/// A field of a CSV file, in quotes where it needs them.
QByteArray csvField(const QString &text);

} // namespace admin
