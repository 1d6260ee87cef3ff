// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "habits.h"

#include <QMap>
#include <QThread>

#include <functional>

/// A host with everything that it lends and keeps.
struct Host
{
    Host();
    ~Host();

    QObject object;
    QThread thread;
    QObject elsewhere;
    Kept kept;
    std::function<void()> loadAgain; ///< And does the habit again.
};

/// What a host does with what it has kept, after the library has gone; false if it was not as it should be. The name of
/// the habit is the part of the use's name before the first comma.
using Use = bool (*)(Host &host);
const QMap<QByteArray, Use> &uses();
