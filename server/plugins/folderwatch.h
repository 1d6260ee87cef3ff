// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "posix/filedescriptor.h"

#include <quoin/result.h>

#include <QList>
#include <QObject>
#include <QSocketNotifier>
#include <QStringList>
#include <QTimer>

#include <chrono>
#include <memory>
#include <vector>

namespace quoin::plugins {

struct FolderWatchOptions
{
    std::chrono::milliseconds quiet{20};    ///< Changes that follow each other this closely are told as one,
    std::chrono::milliseconds longest{100}; ///< but no later than this after the first of them.
    std::chrono::milliseconds poll{2000};   ///< Where the kernel does not tell, and for folders that are away.
    bool onlyPoll = false;                  ///< Never ask the kernel.
};

/// Tells when files in folders may have changed: written and closed, moved in or out, deleted, given other rights.
/// Raw inotify (inotify(7)), because QFileSystemWatcher fires when a file is created, half written, and not at all when
/// it is overwritten in place. Where inotify is blind (network file systems) or refused, the folder is polled by name,
/// inode, size and times. A folder that is moved or deleted is looked for by its path until it is there again.
///
/// One thread, that of its event loop. Changes before start() are not told: look once after it.
class FolderWatch : public QObject
{
    Q_OBJECT

public:
    explicit FolderWatch(FolderWatchOptions options = {}, QObject *parent = nullptr);
    ~FolderWatch() override;

    /// Before start(): names are those a change of which is told; each is a whole name, or "*" and how it ends.
    /// Dot-files never are.
    void add(const QString &folder, const QStringList &names);

    void start();

    /// Tells changed() soon, whatever the kernel says: SIGHUP.
    void rescan();

    /// Whether any of the folders is polled.
    bool isPolling() const;

Q_SIGNALS:
    /// Something may have changed: look.
    void changed();

private:
    struct Watched;

    void readEvents();
    void obey(int watch, quint32 mask, const QByteArray &name);
    void noteChange();
    void tell();
    void poll();
    void arm(Watched &watched);

    const FolderWatchOptions m_options;
    FileDescriptor m_inotify;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::vector<std::unique_ptr<Watched>> m_watched;
    QTimer m_quiet;
    QTimer m_longest;
    QTimer m_poll;
};

} // namespace quoin::plugins
