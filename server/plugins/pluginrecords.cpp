// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginrecords.h"

#include "plugins/wholefile.h"
#include "posix/filedescriptor.h"

#include <QFile>
#include <QJsonDocument>
#include <QLoggingCategory>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

Q_LOGGING_CATEGORY(lcRecords, "quoin.plugins", QtInfoMsg)

/// Far above what either file can come to, so that a file that somebody filled is not read into memory.
constexpr qint64 largestRecord = 16 * 1024 * 1024;

Error cannot(const QString &what, const QString &path)
{
    return Error::unavailable(u"cannot %1 %2: %3"_s.arg(what, path, qt_error_string(errno)));
}

Result<> replace(const QString &folder, const QString &name, const QJsonObject &object)
{
    return writeWhole(folder + u'/' + name, QJsonDocument(object).toJson(), 0600, Durable::Yes);
}

Result<QJsonObject> parse(QFile &file)
{
    if (file.size() > largestRecord)
        return Error::invalid(u"it has %1 bytes"_s.arg(file.size()));
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(file.readAll(), &error);
    if (error.error != QJsonParseError::NoError)
        return Error::invalid(u"%1 at byte %2"_s.arg(error.errorString()).arg(error.offset));
    if (!document.isObject())
        return Error::invalid(u"it is no JSON object"_s);
    return document.object();
}

/// Never lost: a person may still find in it what had been chosen.
void keepAside(const QString &path, const QString &why)
{
    const QString aside = path + u".damaged"_s;
    const bool moved = std::rename(QFile::encodeName(path).constData(), QFile::encodeName(aside).constData()) == 0;
    qCWarning(lcRecords).noquote() << u"records damaged file=%1 reason=\"%2\" kept=%3"_s.arg(
        path, why, moved ? aside : u"in place"_s);
}

template <class T>
T readRecord(const QString &folder, const QString &name)
{
    const QString path = folder + u'/' + name;
    QFile file(path);
    if (!file.exists())
        return {};
    if (!file.open(QIODevice::ReadOnly)) {
        qCWarning(lcRecords).noquote() << u"records unreadable file=%1 reason=\"%2\""_s.arg(path, file.errorString());
        return {};
    }
    const auto object = parse(file);
    const Result<T> value = object ? T::fromJson(*object) : Result<T>(object.error());
    if (value)
        return *value;
    keepAside(path, value.error().message());
    return {};
}

/// Not the record itself: that is replaced, and a lock stays with the old file.
Result<FileDescriptor> lock(const QString &folder)
{
    const QString path = folder + u"/.choices.lock"_s;
    FileDescriptor file(::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.isOpen())
        return cannot(u"open"_s, path);
    while (::flock(file.get(), LOCK_EX) != 0) {
        if (errno != EINTR)
            return cannot(u"lock"_s, path);
    }
    return file;
}

} // namespace

Result<PluginRecords> PluginRecords::open(const QString &store)
{
    const auto folder = SafeFolder::openPrivate(store);
    if (!folder)
        return Error::invalid(u"the plugin store is not safe: "_s + folder.error().message());
    return PluginRecords(folder->path());
}

HostStatus PluginRecords::status() const { return readRecord<HostStatus>(m_folder, statusName()); }

Result<> PluginRecords::write(const HostStatus &status) const { return write(status.toJson()); }

Result<> PluginRecords::write(const QJsonObject &status) const { return replace(m_folder, statusName(), status); }

Choices PluginRecords::choices() const { return readRecord<Choices>(m_folder, choicesName()); }

Result<> PluginRecords::choose(const std::function<Result<>(Choices &)> &change) const
{
    const auto held = lock(m_folder);
    if (!held)
        return held.error();
    Choices now = choices();
    const Choices before = now;
    if (Result<> changed = change(now); !changed)
        return changed;
    if (now == before)
        return {};
    return replace(m_folder, choicesName(), now.toJson());
}

} // namespace quoin::plugins
