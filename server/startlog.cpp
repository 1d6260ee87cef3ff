// SPDX-License-Identifier: GPL-3.0-only
#include "startlog.h"

#include "database/databaseurl.h"

#include <QDir>
#include <QLoggingCategory>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcServer, "quoin.server")

} // namespace

void logStart(const Settings &settings)
{
    qCInfo(lcServer).noquote().nospace() << "starting version=" QUOIN_VERSION " qt=" << qVersion() << " data=\""
                                         << QDir(settings.text(u"data.dir"_s)).absolutePath() << '"';
    if (const auto url = database::DatabaseUrl::parse(settings.text(u"database.url"_s)))
        qCInfo(lcServer).noquote().nospace() << "database url=\"" << url->toDisplayString() << '"';
    const bool usesCelery = !settings.text(u"queue.url"_s).isEmpty();
    qCInfo(lcServer).nospace() << "queue kind=" << (usesCelery ? "celery" : "database")
                               << " concurrency=" << settings.integer(u"queue.concurrency"_s);
}

void logReload(const Result<Reload> &read)
{
    if (!read) {
        qCCritical(lcServer).noquote() << "settings stay as they were:"
                                       << read.error().message().split(u'\n').join(u"; "_s);
        return;
    }
    for (const SettingChange &change : read->changed)
        qCInfo(lcServer).noquote() << "setting changed" << change.toLine();
    for (const SettingChange &change : read->kept)
        qCWarning(lcServer).noquote() << "setting needs a restart" << change.toLine();
    qCInfo(lcServer).nospace() << "settings read again changed=" << read->changed.size()
                               << " waiting=" << read->kept.size();
}

} // namespace quoin::server
