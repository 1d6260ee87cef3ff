// SPDX-License-Identifier: GPL-3.0-only
#include "records/exportfile.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {
constexpr qsizetype longestCell = 64 * 1024 * 1024; // all of it
}

QByteArray csvField(const QString &text)
{
    const bool isPlain = !text.contains(u'"') && !text.contains(u',') && !text.contains(u'\n') && !text.contains(u'\r')
        && text.trimmed() == text;
    QString quoted = text;
    return (isPlain ? text : u'"' + quoted.replace(u'"', u"\"\""_s) + u'"').toUtf8();
}

ExportFile::ExportFile(const QString &name, ExportFormat format, const QList<JsonPath> &paths)
    : m_file(name)
    , m_format(format)
    , m_paths(paths)
{
}

QString ExportFile::fault() const
{
    return QCoreApplication::translate("ExportFile", "%1 cannot be written: %2")
        .arg(m_file.fileName(), m_file.errorString());
}

QString ExportFile::open()
{
    if (!m_file.open(QIODevice::WriteOnly))
        return fault();
    if (m_format == ExportFormat::Lines)
        return {};
    QByteArray head = "id,created,size";
    for (const JsonPath &path : m_paths)
        head += ',' + csvField(path.text());
    return m_file.write(head + ",data\r\n") < 0 ? fault() : QString();
}

QByteArray ExportFile::lineOf(const ListedRecord &record) const
{
    // A line ends at its end: only white space of a pretty-printed record goes, for the rest stays byte for byte.
    const bool isOneLine = !record.data.contains('\n') && !record.data.contains('\r');
    const QByteArray data = isOneLine || record.isInvalid ? record.data : compactJson(record.data);
    if (m_format == ExportFormat::Lines)
        return QByteArray(data).replace('\n', ' ') + '\n';
    QByteArray line = QByteArray::number(record.id) + ',' + csvField(record.created) + ','
        + QByteArray::number(record.size);
    for (const JsonPath &path : m_paths)
        line += ',' + csvField(record.isInvalid ? QString() : path.value(record.data, longestCell));
    return line + ',' + csvField(QString::fromUtf8(data)) + "\r\n";
}

QString ExportFile::write(const QList<ListedRecord> &records)
{
    for (const ListedRecord &record : records) {
        if (m_file.write(lineOf(record)) < 0)
            return fault();
    }
    return {};
}

QString ExportFile::commit() { return m_file.commit() ? QString() : fault(); }

} // namespace admin
