// SPDX-License-Identifier: GPL-3.0-only
#include "pluginplace.h"

#include "datafolder.h"
#include "plugins/metadata.h"
#include "settings/settings.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

/// Names the program of a process, as the kernel does; empty if there is none.
QByteArray programOf(qint64 processId)
{
    QFile file(u"/proc/%1/comm"_s.arg(processId));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

PluginPlace PluginPlace::of(const Settings &settings)
{
    return {settings.text(u"plugins.dir"_s), pluginStore(QDir(settings.text(u"data.dir"_s)).absolutePath())};
}

Result<plugins::HostStatus> PluginPlace::status() const
{
    const QString path = m_store + u'/' + plugins::PluginRecords::statusName();
    if (!QFile::exists(path)) {
        // Also what is seen of a folder that only its owner may enter.
        if (QFile::exists(m_store) && ::access(QFile::encodeName(m_store).constData(), X_OK) != 0)
            return Error::unavailable(
                u"%1 cannot be read: run this as the user that the server runs as"_s.arg(m_store));
        return plugins::HostStatus();
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error::unavailable(
            u"%1 cannot be read: %2; run this as the user that the server runs as"_s.arg(path, file.errorString()));
    QJsonParseError fault;
    const auto document = QJsonDocument::fromJson(file.readAll(), &fault);
    if (!document.isObject())
        return Error::invalid(
            u"%1 is damaged (%2): a server writes it anew when it starts"_s.arg(path, fault.errorString()));
    return plugins::HostStatus::fromJson(document.object());
}

/// A process id is used again some day: then the program of that name is hardly this one. A worker, which has another
/// name, is a child of its supervisor.
bool PluginPlace::isRunning(const plugins::HostStatus &status)
{
    if (status.supervisor > 0 && status.supervisor == ::getppid())
        return true;
    return status.supervisor > 0 && !programOf(status.supervisor).isEmpty()
        && programOf(status.supervisor) == programOf(::getpid());
}

Result<plugins::PluginRecords> PluginPlace::records() const
{
    // Not made here: a store that root makes by accident would shut the server's user out.
    if (!QFile::exists(m_store)) {
        return Error::notFound(
            u"no server has run with this data.dir yet (there is no %1): start one, or name its --data.dir"_s.arg(
                m_store));
    }
    auto records = plugins::PluginRecords::open(m_store);
    if (!records)
        return Error::unavailable(records.error().message() + u"; run this as the user that the server runs as"_s);
    return records;
}

Result<plugins::Choices> PluginPlace::choices() const
{
    const auto records = this->records();
    return records ? Result<plugins::Choices>(records->choices()) : records.error();
}

Result<> PluginPlace::choose(const std::function<Result<>(plugins::Choices &)> &change) const
{
    const auto records = this->records();
    return records ? records->choose(change) : Result<>(records.error());
}

Result<> PluginPlace::expect(const QString &id, const plugins::HostStatus &status) const
{
    const auto *const known = status.plugin(id);
    if (plugins::isPluginId(id)
        && (QFile::exists(file(id)) || (known && known->current.state != plugins::PluginState::Gone)))
        return {};
    QStringList ids;
    for (const QString &name : QDir(m_folder).entryList({u"*.so"_s}, QDir::Files, QDir::Name))
        ids.append(name.chopped(3));
    return Error::notFound(u"there is no plugin %1 in %2; there %3"_s.arg(
        id, m_folder, ids.isEmpty() ? u"is none"_s : u"are "_s + ids.join(u", "_s)));
}

} // namespace quoin::server
