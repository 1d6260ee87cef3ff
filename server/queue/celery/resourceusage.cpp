// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/resourceusage.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <sys/resource.h>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

double seconds(const timeval &time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

} // namespace

QByteArray resourceUsage()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto number = [](long value) { return static_cast<qint64>(value); };
    const QJsonObject object{
        {u"utime"_s, seconds(used.ru_utime)},    {u"stime"_s, seconds(used.ru_stime)},
        {u"maxrss"_s, number(used.ru_maxrss)},   {u"ixrss"_s, number(used.ru_ixrss)},
        {u"idrss"_s, number(used.ru_idrss)},     {u"isrss"_s, number(used.ru_isrss)},
        {u"minflt"_s, number(used.ru_minflt)},   {u"majflt"_s, number(used.ru_majflt)},
        {u"nswap"_s, number(used.ru_nswap)},     {u"inblock"_s, number(used.ru_inblock)},
        {u"oublock"_s, number(used.ru_oublock)}, {u"msgsnd"_s, number(used.ru_msgsnd)},
        {u"msgrcv"_s, number(used.ru_msgrcv)},   {u"nsignals"_s, number(used.ru_nsignals)},
        {u"nvcsw"_s, number(used.ru_nvcsw)},     {u"nivcsw"_s, number(used.ru_nivcsw)},
    };
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace quoin::celery
