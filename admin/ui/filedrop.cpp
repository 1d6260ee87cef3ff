// SPDX-License-Identifier: GPL-3.0-only
#include "ui/filedrop.h"

#include <QJsonArray>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QJsonArray filesNamed(const QMimeData *data, const QStringList &endings)
{
    QJsonArray files;
    for (const QUrl &url : data->urls()) {
        const QString file = url.toLocalFile();
        const auto fits = [&](const QString &ending) { return file.endsWith(ending, Qt::CaseInsensitive); };
        if (url.isLocalFile() && std::any_of(endings.begin(), endings.end(), fits))
            files += file;
    }
    return files;
}

} // namespace

FileDrop fileDropOf(const QMimeData *data)
{
    if (const QJsonArray plugins = filesNamed(data, {u".so"_s}); !plugins.isEmpty())
        return {u"plugins"_s, {{u"install"_s, plugins}}};
    if (const QJsonArray records = filesNamed(data, {u".json"_s, u".ndjson"_s, u".jsonl"_s}); !records.isEmpty())
        return {u"records"_s, {{u"import"_s, records}}};
    return {};
}

} // namespace admin
