// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/folderwatch.h"

#include "plugins/folderprint.h"

#include <QFile>
#include <QLoggingCategory>

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

Q_LOGGING_CATEGORY(lcWatch, "quoin.plugins", QtInfoMsg)

/// IN_CREATE and IN_MODIFY are left out: a file is looked at when whoever writes it has closed it. IN_ATTRIB: after the
/// chmod that a refusal asked for.
constexpr quint32 watchedEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF
    | IN_MOVE_SELF | IN_ONLYDIR;
constexpr quint32 folderIsGone = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;

bool matches(const QString &name, const QStringList &patterns)
{
    return !name.startsWith(u'.') && std::any_of(patterns.begin(), patterns.end(), [&](const QString &pattern) {
        return pattern.startsWith(u'*') ? name.endsWith(QStringView(pattern).sliced(1)) : name == pattern;
    });
}

} // namespace

struct FolderWatch::Watched
{
    QString path;
    QStringList names;
    int watch = -1;    ///< Of inotify; -1: polled.
    FolderPrint print; ///< As it was when last polled.
    FolderPrint told;  ///< As it was when last told of.

    FolderPrint look() const
    {
        return FolderPrint::of(path, [this](const QString &name) { return matches(name, names); });
    }
};

FolderWatch::FolderWatch(FolderWatchOptions options, QObject *parent)
    : QObject(parent)
    , m_options(options)
{
    m_quiet.setSingleShot(true);
    m_longest.setSingleShot(true);
    m_quiet.setTimerType(Qt::PreciseTimer);
    m_longest.setTimerType(Qt::PreciseTimer);
    m_quiet.callOnTimeout(this, &FolderWatch::tell);
    m_longest.callOnTimeout(this, &FolderWatch::tell);
    m_poll.callOnTimeout(this, &FolderWatch::poll);
}

FolderWatch::~FolderWatch() = default;

void FolderWatch::add(const QString &folder, const QStringList &names)
{
    auto watched = std::make_unique<Watched>();
    watched->path = folder;
    watched->names = names;
    m_watched.push_back(std::move(watched));
}

void FolderWatch::start()
{
    if (!m_options.onlyPoll) {
        m_inotify = FileDescriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
        if (m_inotify.isOpen()) {
            m_notifier = std::make_unique<QSocketNotifier>(m_inotify.get(), QSocketNotifier::Read);
            connect(m_notifier.get(), &QSocketNotifier::activated, this, &FolderWatch::readEvents);
        } else {
            qCWarning(lcWatch).noquote() << u"no inotify, folders are polled reason=\"%1\""_s.arg(
                qt_error_string(errno));
        }
    }
    for (const auto &watched : m_watched) {
        arm(*watched);
        watched->print = watched->told = watched->look();
    }
    m_poll.start(m_options.poll);
}

bool FolderWatch::isPolling() const
{
    return std::any_of(m_watched.begin(), m_watched.end(), [](const auto &watched) { return watched->watch < 0; });
}

/// A change between the two is seen: the watch comes first, then whoever started it looks.
void FolderWatch::arm(Watched &watched)
{
    if (!m_inotify.isOpen() || isOnNetwork(watched.path))
        return;
    watched.watch = ::inotify_add_watch(m_inotify.get(), QFile::encodeName(watched.path).constData(), watchedEvents);
    if (watched.watch < 0 && errno != ENOENT) {
        qCWarning(lcWatch).noquote() << u"folder is polled path=%1 reason=\"%2\""_s.arg(watched.path,
                                                                                        qt_error_string(errno));
    }
}

void FolderWatch::readEvents()
{
    alignas(inotify_event) char buffer[16 * 1024];
    while (true) {
        const ssize_t got = ::read(m_inotify.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        for (ssize_t at = 0; at < got;) {
            inotify_event event;
            std::memcpy(&event, buffer + at, sizeof event);
            const char *const name = buffer + at + sizeof event;
            obey(event.wd, event.mask, QByteArray(name, static_cast<qsizetype>(qstrnlen(name, event.len))));
            at += static_cast<ssize_t>(sizeof event + event.len);
        }
    }
}

void FolderWatch::obey(int watch, quint32 mask, const QByteArray &name)
{
    if (mask & IN_Q_OVERFLOW)
        return noteChange();
    for (const auto &watched : m_watched) {
        if (watched->watch != watch)
            continue;
        if (mask & folderIsGone) {
            ::inotify_rm_watch(m_inotify.get(), watch); // moved away, it would go on telling of its new place
            watched->watch = -1;
            noteChange();
        } else if (name.isEmpty() || matches(QFile::decodeName(name), watched->names)) {
            noteChange();
        }
    }
}

void FolderWatch::poll()
{
    for (const auto &watched : m_watched) {
        if (watched->watch >= 0)
            continue;
        arm(*watched);
        FolderPrint now = watched->look();
        // Two polls that agree: what still grows is being written.
        if (watched->watch >= 0 || (now == watched->print && now != watched->told)) {
            watched->told = now;
            noteChange();
        }
        watched->print = std::move(now);
    }
}

void FolderWatch::rescan() { noteChange(); }

void FolderWatch::noteChange()
{
    m_quiet.start(m_options.quiet);
    if (!m_longest.isActive())
        m_longest.start(m_options.longest);
}

void FolderWatch::tell()
{
    m_quiet.stop();
    m_longest.stop();
    Q_EMIT changed();
}

} // namespace quoin::plugins
