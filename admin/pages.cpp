// SPDX-License-Identifier: GPL-3.0-only
#include "pages.h"

#include "log/logpage.h"
#include "overview/overviewpage.h"
#include "packages/packagespage.h"
#include "plugins/pluginspage.h"
#include "records/recordspage.h"
#include "tasks/taskspage.h"

namespace admin {

QList<Page *> makePages(QWidget *parent)
{
    return {new OverviewPage(parent), new RecordsPage(parent), new PackagesPage(parent),
            new TasksPage(parent),    new PluginsPage(parent), new LogPage(parent)};
}

} // namespace admin
