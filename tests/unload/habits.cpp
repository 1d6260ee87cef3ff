// SPDX-License-Identifier: GPL-3.0-only
// What people write in plugins without a second thought.
#include "habitlist.h"

/// The root: QPluginLoader deletes it when it unloads.
class HabitsRoot final : public QObject, public Habits
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID HABITS_IID)
    Q_INTERFACES(Habits)

public:
    bool acquire(const QByteArray &habit, Kept &kept) override
    {
        for (const HabitList &habits : {habitsOfCode(), habitsOfData(), habitsOfTypes(), habitsThatEnd()}) {
            if (const Habit found = habits.value(habit)) {
                found(this, kept);
                return true;
            }
        }
        return false;
    }
};

#include "habits.moc"
