// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QFile>
#include <QList>
#include <QStringList>

#include <memory>

namespace admin {

/// A record to be stored, or why there is none at this place.
struct ImportItem
{
    QString file;
    qint64 line = 1;
    QByteArray data;
    QString fault;    ///< not empty: not to be sent
    qint64 bytes = 0; ///< of the file, up to the next
};

/// Reads files of records in constant memory: a file that is one JSON value is one record, of any other each line that
/// is not empty is one. For one thread at a time, whichever; its functions block.
class ImportSource
{
public:
    /// `largest`: bytes that the server takes for one record.
    ImportSource(const QStringList &files, qint64 largest);

    qint64 totalBytes() const { return m_total; }
    /// The next few; none at the end of the last file.
    QList<ImportItem> read();

private:
    bool openNext();
    bool readWhole(QList<ImportItem> &items);
    ImportItem readLine();
    void judge(ImportItem &item) const;
    qint64 skipLine();
    QString tooLarge() const;

    QStringList m_files;
    std::unique_ptr<QFile> m_file;
    qint64 m_largest, m_total = 0, m_line = 0;
};

} // namespace admin
