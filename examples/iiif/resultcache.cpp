// SPDX-License-Identifier: MIT
#include "resultcache.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTemporaryFile>

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace Qt::StringLiterals;

namespace iiif {

using quoin::Error;
using quoin::Result;

namespace {

constexpr qint64 digestBytes = 32;
constexpr int staleSeconds = 3600; ///< After this an unfinished file has lost its writer.

QByteArray digestOf(const QByteArray &content)
{
    return QCryptographicHash::hash(content, QCryptographicHash::Blake2b_256);
}

struct Entry
{
    QDateTime used;
    qint64 size;
    QString path;
};

std::vector<Entry> entriesIn(const QString &folder)
{
    std::vector<Entry> entries;
    const QDateTime stale = QDateTime::currentDateTimeUtc().addSecs(-staleSeconds);
    QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        files.next();
        const QFileInfo file = files.fileInfo();
        const bool isUnfinished = file.fileName().endsWith(u".part");
        if (isUnfinished && file.lastModified() < stale)
            QFile::remove(file.filePath());
        else if (!isUnfinished)
            entries.push_back({file.lastModified(), file.size(), file.filePath()});
    }
    return entries;
}

Error unavailable(const QString &path, const QString &reason)
{
    return Error::unavailable(u"%1: %2"_s.arg(path, reason));
}

} // namespace

ResultCache::ResultCache(QString folder, qint64 limit)
    : m_folder(std::move(folder))
    , m_limit(limit)
{
}

Result<> ResultCache::open()
{
    if (!QDir().mkpath(m_folder))
        return unavailable(m_folder, u"the folder cannot be made"_s);
    makeRoom();
    return {};
}

/// Spread over 256 folders, so that none grows long.
QString ResultCache::pathOf(const QByteArray &key) const
{
    const QString name = QString::fromLatin1(key);
    return m_folder + u'/' + name.first(2) + u'/' + name.sliced(2);
}

std::optional<QByteArray> ResultCache::find(const QByteArray &key)
{
    QFile file(pathOf(key));
    if (m_limit == 0 || !file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray digest = file.read(digestBytes);
    const QByteArray content = file.readAll();
    if (content.isEmpty() || digestOf(content) != digest) {
        file.remove();
        return std::nullopt;
    }
    ::futimens(file.handle(), nullptr); // used now
    return content;
}

Result<> ResultCache::insert(const QByteArray &key, const QByteArray &content)
{
    const qint64 size = digestBytes + content.size();
    if (size > m_limit)
        return {};
    const QString path = pathOf(key);
    QDir().mkpath(QFileInfo(path).path());
    QTemporaryFile file(path + u".XXXXXX.part"_s);
    if (!file.open() || file.write(digestOf(content)) < 0 || file.write(content) < 0 || !file.flush())
        return unavailable(file.fileTemplate(), file.errorString());
    // Not synced: an entry that a power cut has damaged is seen by its digest, and made anew. rename(2) itself, because
    // QFile's leaves what is there already.
    if (std::rename(QFile::encodeName(file.fileName()).constData(), QFile::encodeName(path).constData()) != 0)
        return unavailable(path, u"cannot be renamed to"_s);
    file.setAutoRemove(false);

    const std::scoped_lock lock(m_mutex);
    m_used += size;
    m_unlooked += size;
    // Other processes write as well: look again before their shares could add up to much.
    if (m_used > m_limit || m_unlooked > m_limit / 16)
        makeRoom();
    return {};
}

/// Down to seven eighths at once, so that not every answer has to look through the folder.
void ResultCache::makeRoom()
{
    auto entries = entriesIn(m_folder);
    m_used = 0;
    m_unlooked = 0;
    for (const Entry &entry : entries)
        m_used += entry.size;
    if (m_used <= m_limit)
        return;
    std::ranges::sort(entries, {}, &Entry::used);
    for (const Entry &entry : entries) {
        if (m_used <= m_limit / 8 * 7)
            break;
        QFile::remove(entry.path);
        m_used -= entry.size;
    }
}

} // namespace iiif
