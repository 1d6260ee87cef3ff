// SPDX-License-Identifier: GPL-3.0-only
#include "settings/queuesettings.h"

#include "redis/tls.h"
#include "redis/url.h"
#include "settings/declare.h"
#include "settings/settingvalue.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

using enum SettingType;
using namespace declare;
constexpr qint64 second = 1000;
constexpr qint64 hour = 3600 * second;
constexpr qint64 day = 24 * hour;

const QString broker = u"queue.url"_s;
const QString results = u"queue.results"_s;
const QString counters = u"redis.url"_s;

/// What is about Celery alone.
const QStringList ofCelery{results,
                           u"queue.shared"_s,
                           u"queue.own"_s,
                           u"queue.consume"_s,
                           u"queue.node"_s,
                           u"queue.events"_s,
                           u"queue.results_expire"_s,
                           u"queue.visibility_timeout"_s};

/// The ways in which Celery and redis-py write it.
SettingKey redisUrl(const QString &key, const QString &help)
{
    return url(key, {}, {u"redis"_s, u"rediss"_s, u"redis+socket"_s, u"unix"_s}, help);
}

std::optional<QString> faultOf(const Settings &settings, const QString &key)
{
    const QString text = settings.text(key);
    if (text.isEmpty())
        return std::nullopt;
    const auto url = redis::Url::parse(text);
    if (!url)
        return url.error().message();
    if (url->tls && !redis::canTls())
        return u"rediss:// needs TLS, which hiredis has from version 1.0 on (Debian 13); this build has an older one. "
               "Use redis:// over a network you trust, or a tunnel"_s;
    return std::nullopt;
}

} // namespace

QList<SettingKey> queueKeys()
{
    return {
        redisUrl(counters,
                 u"Redis for counters, such as redis://host:6379/0; not set: counters live in the database."_s),
        redisUrl(broker, u"Celery's broker, such as redis://host:6379/0; not set: tasks live in the database."_s),
        redisUrl(results,
                 u"Where the results of Celery tasks go; only with queue.url. Not set: no results are kept."_s),
        text(String, u"queue.shared"_s, u"celery"_s,
             u"Celery's queue that is shared with Python: tasks that are published under a Python name go there."_s),
        text(String, u"queue.own"_s, u"quoin"_s,
             u"Celery's queue for tasks that only Quoin knows; Python workers must not consume it."_s),
        text(String, u"queue.consume"_s, {},
             u"Celery's queues to take tasks from, with commas; not set: queue.shared and queue.own."_s),
        text(
            String, u"queue.node"_s, {},
            u"Name of the worker in Celery's tools; %h is the host. Not set: quoin@%h, in \"serve\" quoin-serve@%h."_s),
        text(Boolean, u"queue.events"_s, u"false"_s,
             u"Send task events from the start, as Celery's -E; \"celery control enable_events\" does it later."_s),
        number(Duration, u"queue.results_expire"_s, u"1d"_s, second, 3650 * day,
               u"How long results of Celery tasks are kept."_s),
        number(
            Duration, u"queue.visibility_timeout"_s, u"1h"_s, second, 3650 * day,
            u"Celery's visibility_timeout: messages that a foreign worker has held for so long are given to others."_s),
        number(Integer, u"queue.concurrency"_s, u"2"_s, 0, 1024,
               u"Tasks that run at once in each process that runs tasks; 0: none run here."_s),
        number(Integer, u"queue.workers"_s, u"0"_s, 0, 32,
               u"Processes that run tasks and nothing else; 0: the first that serves requests runs them too."_s),
        number(Duration, u"queue.lease"_s, u"10s"_s, second, hour,
               u"A task whose worker has not renewed its claim for so long is run by another."_s),
        number(Duration, u"queue.poll"_s, u"2s"_s, 50, hour, u"How often to look for tasks that nobody announced."_s),
        number(Duration, u"queue.keep_done"_s, u"7d"_s, 0, 3650 * day,
               u"How long finished tasks stay in the history."_s),
        number(Integer, u"queue.keep_count"_s, u"100000"_s, 0, 1'000'000'000,
               u"How many finished tasks stay in the history."_s),
    };
}

QStringList refusedQueueSettings(const Settings &settings)
{
    QStringList refused;
    for (const QString &key : {counters, broker, results}) {
        const Setting &setting = settings.at(key);
        if (const auto fault = faultOf(settings, key))
            refused += u"%1: %2 = \"%3\": %4"_s.arg(setting.origin, key, shownSetting(setting.key, setting.text),
                                                    *fault);
    }
    for (const QString &key : ofCelery) {
        const Setting &setting = settings.at(key);
        if (!setting.isDefault() && settings.text(broker).isEmpty())
            refused += u"%1: %2 = \"%3\" would be ignored: it is about Celery, and queue.url is not set; set that, or "
                       "unset this"_s.arg(setting.origin, key, shownSetting(setting.key, setting.text));
    }
    return refused;
}

} // namespace quoin::server
