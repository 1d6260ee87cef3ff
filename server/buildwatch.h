// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <memory>

class QSocketNotifier;

namespace quoin::server {

/// Watches a folder and all below it, also what is made there later, for shared libraries that were written, moved
/// in or signed (inotify(7)): what a linker does, and who signs. One thread, with an event loop.
class BuildWatch final : public QObject
{
    Q_OBJECT

public:
    /// An Error if the folder cannot be watched.
    static Result<std::unique_ptr<BuildWatch>> open(const QString &folder);
    ~BuildWatch() override;
    Q_DISABLE_COPY_MOVE(BuildWatch)

Q_SIGNALS:
    /// A file "*.so" that nobody has touched for 50 ms: a linker may write it more than once.
    void built(const QString &path);

private:
    explicit BuildWatch(int descriptor);
    bool watch(const QString &folder);
    void read();
    void take(const QString &path, quint32 mask);
    void settle();

    const int m_descriptor;
    QHash<int, QString> m_folders; ///< By watch.
    QSet<QString> m_fresh;
    QTimer m_quiet;
};

} // namespace quoin::server
