// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "habits.h"

#include <QMap>
#include <QObject>

/// What the library's root does for a habit; "self" is the root itself.
using Habit = void (*)(QObject *self, Kept &kept);
using HabitList = QMap<QByteArray, Habit>;

HabitList habitsOfCode();  ///< Something of the library is to be called later.
HabitList habitsOfData();  ///< Something of the library is to be read later.
HabitList habitsOfTypes(); ///< Types that Qt knows by name.
HabitList habitsThatEnd(); ///< What the library takes with it when it goes.
