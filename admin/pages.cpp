// SPDX-License-Identifier: GPL-3.0-only
#include "pages.h"

#include "overview/overviewpage.h"
#ifdef HAS_RECORDS
#    include "records/recordspage.h"
#endif
#ifdef HAS_PACKAGES
#    include "packages/packagespage.h"
#endif
#ifdef HAS_TASKS
#    include "tasks/taskspage.h"
#endif
#ifdef HAS_PLUGINS
#    include "plugins/pluginspage.h"
#endif
#ifdef HAS_LOG
#    include "log/logpage.h"
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
