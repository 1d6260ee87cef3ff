// SPDX-License-Identifier: GPL-3.0-only
#include "records/importsource.h"

#include "records/jsonscanner.h"
#include "ui/times.h"

#include <QCoreApplication>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr qsizetype itemsAtOnce = 100;
constexpr qint64 bytesAtOnce = 1024 * 1024;
constexpr QByteArrayView byteOrderMark("\xef\xbb\xbf");

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(admin::ImportSource)
};

QString faultText(QByteArrayView data, const JsonFault &fault, bool isLine)
{
    const TextPlace place = placeOf(data, fault.offset);
    return isLine ? Words::tr("column %1: %2").arg(place.column).arg(fault.message)
                  : Words::tr("line %1, column %2: %3").arg(place.line).arg(place.column).arg(fault.message);
}

// Whether each line stands for itself: the first of several is a value.
bool isLines(const QByteArray &text)
{
    const auto end = text.indexOf('\n');
    return end >= 0 && !text.sliced(end).trimmed().isEmpty() && !checkJson(QByteArrayView(text).first(end));
}

} // namespace

ImportSource::ImportSource(const QStringList &files, qint64 largest)
    : m_files(files)
    , m_largest(largest)
{
    for (const QString &file : files)
        m_total += QFileInfo(file).size();
}

QString ImportSource::tooLarge() const
{
    return Words::tr("it is larger than %1, which the server takes").arg(sizeText(m_largest));
}

void ImportSource::judge(ImportItem &item) const
{
    if (item.data.size() > m_largest)
        item.fault = tooLarge();
    else if (const JsonFault fault = checkJson(item.data))
        item.fault = faultText(item.data, fault, true);
}

QList<ImportItem> ImportSource::read()
{
    QList<ImportItem> items;
    qint64 bytes = 0;
    while (items.size() < itemsAtOnce && bytes < bytesAtOnce) {
        if (!m_file || (m_file->isOpen() && m_file->atEnd())) {
            if (m_files.isEmpty())
                break;
            if (!openNext() || readWhole(items)) {
                if (m_file->error() != QFileDevice::NoError)
                    items << ImportItem{m_file->fileName(), 0, {}, m_file->errorString(), m_file->size()};
                m_file.reset();
                break;
            }
            continue;
        }
        ImportItem item = readLine();
        bytes += item.data.size();
        if (!item.data.isEmpty() || !item.fault.isEmpty())
            items << item;
    }
    return items;
}

bool ImportSource::openNext()
{
    m_file = std::make_unique<QFile>(m_files.takeFirst());
    m_line = 0;
    return m_file->open(QIODevice::ReadOnly);
}

// True if the file is one record, good or bad; else it is to be read line by line.
bool ImportSource::readWhole(QList<ImportItem> &items)
{
    const QString suffix = QFileInfo(m_file->fileName()).suffix().toLower();
    const qint64 size = m_file->size();
    if (suffix == u"ndjson" || suffix == u"jsonl" || size > m_largest)
        return false;
    QByteArray text = m_file->read(m_largest + 1);
    text = text.startsWith(byteOrderMark) ? text.sliced(byteOrderMark.size()) : text;
    const JsonFault fault = checkJson(text);
    if (fault && isLines(text)) {
        m_file->seek(0);
        return false;
    }
    ImportItem item{m_file->fileName(), 1, text, {}, size};
    if (fault) {
        const TextPlace place = placeOf(text, fault.offset);
        item.line = place.line;
        item.fault = Words::tr("column %1: %2").arg(place.column).arg(fault.message);
    }
    items << item;
    return true;
}

ImportItem ImportSource::readLine()
{
    ImportItem item{m_file->fileName(), ++m_line, {}, {}, 0};
    QByteArray line = m_file->readLine(m_largest + 3);
    item.bytes = line.size();
    const bool isWhole = line.endsWith('\n') || m_file->atEnd();
    if (m_file->error() != QFileDevice::NoError) {
        item.fault = m_file->errorString();
        m_file->seek(m_file->size());
        return item;
    }
    if (!isWhole) {
        item.bytes += skipLine();
        item.fault = tooLarge();
        return item;
    }
    if (m_line == 1 && line.startsWith(byteOrderMark))
        line = line.sliced(byteOrderMark.size());
    item.data = line.trimmed();
    if (!item.data.isEmpty())
        judge(item);
    return item;
}

qint64 ImportSource::skipLine()
{
    qint64 skipped = 0;
    while (!m_file->atEnd()) {
        const QByteArray piece = m_file->readLine(64 * 1024);
        if (piece.isEmpty())
            break;
        skipped += piece.size();
        if (piece.endsWith('\n'))
            break;
    }
    return skipped;
}

} // namespace admin
