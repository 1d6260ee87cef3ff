// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QString>

#include <mutex>
#include <optional>

namespace iiif {

/// Finished answers on disk, the least recently used of which go when there are too many. Several processes may share
/// the folder. An entry carries the digest of its content, so that a damaged one is never served. Any thread.
class ResultCache
{
public:
    /// folder: made if it is not there. limit in bytes; 0 keeps nothing.
    ResultCache(QString folder, qint64 limit);

    /// The folder is there, and holds no more than it may. Unavailable if it cannot be made.
    quoin::Result<> open();

    /// Nothing if there is none, or a damaged one, which is removed. key: at least three hexadecimal digits.
    std::optional<QByteArray> find(const QByteArray &key);

    /// Complete or not at all. Unavailable: the disk is full or the folder away; the answer can be served all the same.
    quoin::Result<> insert(const QByteArray &key, const QByteArray &content);

private:
    QString pathOf(const QByteArray &key) const;
    void makeRoom();

    const QString m_folder;
    const qint64 m_limit;
    std::mutex m_mutex;
    qint64 m_used = 0;     ///< As far as this process knows.
    qint64 m_unlooked = 0; ///< Written by it since it last looked at the folder.
};

} // namespace iiif
