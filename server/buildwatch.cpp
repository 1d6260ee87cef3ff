// SPDX-License-Identifier: GPL-3.0-only
#include "buildwatch.h"

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QSocketNotifier>

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr auto quiet = 50ms;

} // namespace

Result<std::unique_ptr<BuildWatch>> BuildWatch::open(const QString &folder)
{
    if (!QFileInfo(folder).isDir())
        return Error::notFound(u"%1 is no folder: name the one in which the plugin is built"_s.arg(folder));
    const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor < 0)
        return Error::unavailable(u"no folder can be watched: %1"_s.arg(qt_error_string(errno)));
    std::unique_ptr<BuildWatch> made(new BuildWatch(descriptor));
    if (!made->watch(folder))
        return Error::unavailable(u"%1 cannot be watched: %2"_s.arg(folder, qt_error_string(errno)));
    made->m_fresh.clear(); // what was built before is not news
    return made;
}

BuildWatch::BuildWatch(int descriptor)
    : m_descriptor(descriptor)
{
    m_quiet.setSingleShot(true);
    connect(&m_quiet, &QTimer::timeout, this, &BuildWatch::settle);
    auto *notifier = new QSocketNotifier(m_descriptor, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, &BuildWatch::read);
}

BuildWatch::~BuildWatch() { ::close(m_descriptor); }

/// inotify does not look below: each folder has a watch of its own. What is in a new one may have been there before its
/// watch was, so it is looked for.
bool BuildWatch::watch(const QString &folder)
{
    const int added = ::inotify_add_watch(m_descriptor, QFile::encodeName(folder).constData(),
                                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR);
    if (added < 0)
        return false;
    m_folders.insert(added, folder);
    QDirIterator entries(folder, QDir::Dirs | QDir::Files | QDir::NoDotAndDotDot | QDir::NoSymLinks);
    while (entries.hasNext()) {
        entries.next();
        if (!entries.fileInfo().isDir())
            take(entries.filePath(), IN_CLOSE_WRITE);
        else if (!watch(entries.filePath()) && errno == ENOSPC)
            return false;
    }
    return true;
}

void BuildWatch::read()
{
    alignas(inotify_event) char buffer[16 * 1024];
    ssize_t size = 0;
    while ((size = ::read(m_descriptor, buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < size;) {
            const auto *event = reinterpret_cast<const inotify_event *>(buffer + at);
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
            if (event->mask & IN_IGNORED)
                m_folders.remove(event->wd);
            else if (event->len > 0 && m_folders.contains(event->wd))
                take(m_folders.value(event->wd) + u'/' + QFile::decodeName(event->name), event->mask);
        }
    }
}

void BuildWatch::take(const QString &path, quint32 mask)
{
    if (mask & IN_ISDIR) {
        watch(path);
        return;
    }
    const QString plugin = path.endsWith(u".so.sig"_s) ? path.chopped(4) : path; // signed after it was linked
    if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) && plugin.endsWith(u".so"_s)) {
        m_fresh.insert(plugin);
        m_quiet.start(quiet);
    }
}

void BuildWatch::settle()
{
    const auto fresh = std::exchange(m_fresh, {});
    for (const QString &path : fresh)
        Q_EMIT built(path);
}

} // namespace quoin::server
