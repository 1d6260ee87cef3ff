// SPDX-License-Identifier: GPL-3.0-only
#include "pages.h"

#include "overview/overviewpage.h"
#if __has_include("records/recordspage.h")
#    include "records/recordspage.h"
#    define HAS_RECORDS
#endif
#if __has_include("packages/packagespage.h")
#    include "packages/packagespage.h"
#    define HAS_PACKAGES
#endif
#if __has_include("tasks/taskspage.h")
#    include "tasks/taskspage.h"
#    define HAS_TASKS
#endif
#if __has_include("plugins/pluginspage.h")
#    include "plugins/pluginspage.h"
#    define HAS_PLUGINS
#endif
#if __has_include("log/logpage.h")
#    include "log/logpage.h"
#    define HAS_LOG
#endif

namespace admin {

QList<Page *> makePages(QWidget *parent)
{
    return {
        new OverviewPage(parent),
#ifdef HAS_RECORDS
        new RecordsPage(parent),
#endif
#ifdef HAS_PACKAGES
        new PackagesPage(parent),
#endif
#ifdef HAS_TASKS
        new TasksPage(parent),
#endif
#ifdef HAS_PLUGINS
        new PluginsPage(parent),
#endif
#ifdef HAS_LOG
        new LogPage(parent),
#endif
    };
}

} // namespace admin
