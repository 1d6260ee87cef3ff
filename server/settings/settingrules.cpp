// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingrules.h"

#include "settings/databasesettings.h"
#include "settings/proxysettings.h"
#include "settings/queuesettings.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

/// The memory that a host shares has a place for each process, and a new generation stands beside the old one.
QStringList tooManyProcesses(const Settings &settings)
{
    constexpr qint64 most = 32;
    const qint64 web = settings.integer(u"http.workers"_s);
    const qint64 tasks = settings.integer(u"queue.workers"_s);
    if (web + tasks <= most)
        return {};
    return {
        u"http.workers = %1 and queue.workers = %2 are more than %3 together, which is what one host has place for"_s
            .arg(web)
            .arg(tasks)
            .arg(most)};
}

} // namespace

QStringList refusedSettings(const Settings &settings)
{
    return idleDatabaseSettings(settings) + refusedProxySettings(settings) + refusedQueueSettings(settings)
        + tooManyProcesses(settings);
}

QStringList settingsOfWorkers(const Settings &settings)
{
    const Setting &setting = settings.at(u"worker.listen"_s);
    if (setting.text.isEmpty() || setting.origin.startsWith(u"file "_s))
        return {};
    return {u"%1: worker.listen = \"%2\" is for \"quoin worker\"; http.listen says where \"quoin serve\" listens"_s.arg(
        setting.origin, setting.text)};
}

} // namespace quoin::server
