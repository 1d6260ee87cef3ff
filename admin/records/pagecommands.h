// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/recordspage.h"

namespace admin {

struct RecordsPage::Commands
{
    Command *create, *duplicate, *edit, *undo, *remove, *archive, *exportRows, *import;
    Command *columns, *reverse, *find, *findInside, *copy, *save, *showNew, *clearFilter, *clearSelection;

    QList<Command *> all() const
    {
        return {create,  duplicate, edit, undo,       remove, archive, exportRows,  import,        columns,
                reverse, find,      copy, findInside, save,   showNew, clearFilter, clearSelection};
    }
};

} // namespace admin
