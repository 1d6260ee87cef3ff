// SPDX-License-Identifier: GPL-3.0-only
#include "celerysettings.h"

#include <QSysInfo>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

Result<redis::Url> urlOf(const Settings &settings, const QString &key)
{
    auto url = redis::Url::parse(settings.text(key));
    if (!url)
        return Error::invalid(u"%1: %2"_s.arg(key, url.error().message()));
    return url;
}

Result<std::optional<redis::Url>> resultsOf(const Settings &settings)
{
    if (settings.text(u"queue.results"_s).isEmpty())
        return std::optional<redis::Url>();
    const auto url = urlOf(settings, u"queue.results"_s);
    return url ? Result<std::optional<redis::Url>>(*url) : url.error();
}

/// As celery.utils.nodenames.node_format() has it.
QString expanded(const QString &form)
{
    const QString host = QSysInfo::machineHostName();
    const QHash<QChar, QString> words{
        {u'h', host}, {u'n', host.section(u'.', 0, 0)}, {u'd', host.section(u'.', 1)}, {u'%', u"%"_s}};
    QString text;
    for (qsizetype i = 0; i < form.size(); ++i) {
        const bool isWord = form[i] == u'%' && i + 1 < form.size() && words.contains(form[i + 1]);
        text += isWord ? words.value(form[++i]) : QString(form[i]);
    }
    return text;
}

/// A name that is no key of Redis' lists on its own would be one of Celery's priorities.
Result<QByteArray> queueName(const Settings &settings, const QString &key, const QString &name)
{
    if (name.isEmpty() || name.contains(u'\x06') || name.contains(u'\x16') || name.size() > 200)
        return Error::invalid(u"%1: %2 = \"%3\": expected the name of a queue, without control characters"_s.arg(
            settings.at(key).origin, key, settings.text(key)));
    return name.toUtf8();
}

Result<QByteArrayList> consumedQueues(const Settings &settings, const QByteArray &shared, const QByteArray &own)
{
    const QString key = u"queue.consume"_s;
    QByteArrayList queues;
    for (const QString &name : settings.text(key).split(u',', Qt::SkipEmptyParts)) {
        const auto queue = queueName(settings, key, name.trimmed());
        if (!queue)
            return queue.error();
        queues.append(*queue);
    }
    return queues.isEmpty() ? QByteArrayList{shared, own} : queues;
}

} // namespace

QString nodeName(const Settings &settings, bool serves, int index)
{
    QString form = settings.text(u"queue.node"_s);
    if (form.isEmpty())
        form = serves ? u"quoin-serve@%h"_s : u"quoin@%h"_s;
    if (!form.contains(u'@'))
        form += u"@%h"_s;
    QString name = expanded(form);
    if (index > 0)
        name.insert(name.indexOf(u'@'), QString::number(index + 1));
    return name;
}

Result<celery::CeleryOptions> celeryOptions(const Settings &settings, const QString &node)
{
    const auto broker = urlOf(settings, u"queue.url"_s);
    const auto results = resultsOf(settings);
    const auto shared = queueName(settings, u"queue.shared"_s, settings.text(u"queue.shared"_s));
    const auto own = queueName(settings, u"queue.own"_s, settings.text(u"queue.own"_s));
    for (const Error *fault : {broker ? nullptr : &broker.error(), results ? nullptr : &results.error(),
                               shared ? nullptr : &shared.error(), own ? nullptr : &own.error()}) {
        if (fault)
            return *fault;
    }
    const auto queues = consumedQueues(settings, *shared, *own);
    if (!queues)
        return queues.error();

    celery::CeleryOptions options;
    options.broker = *broker;
    options.results = *results;
    options.queues = *queues;
    options.own = *own;
    options.shared = *shared;
    options.node = node;
    options.concurrency = static_cast<int>(settings.integer(u"queue.concurrency"_s));
    options.taskEvents = settings.isOn(u"queue.events"_s);
    options.resultsExpire = std::chrono::ceil<std::chrono::seconds>(settings.duration(u"queue.results_expire"_s));
    options.visibilityTimeout = std::chrono::ceil<std::chrono::seconds>(
        settings.duration(u"queue.visibility_timeout"_s));
    options.poll = settings.duration(u"queue.poll"_s);
    options.aliveFor = settings.duration(u"queue.lease"_s);
    return options;
}

celery::RelayOptions relayOptions(const Settings &settings, const celery::CeleryOptions &celery,
                                  const QStringList &names)
{
    celery::RelayOptions options;
    options.names = names;
    options.sharedQueue = settings.text(u"queue.shared"_s).toUtf8();
    options.ownQueue = celery.own;
    options.results = celery.results;
    options.poll = celery.poll;
    return options;
}

} // namespace quoin::server
