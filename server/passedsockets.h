// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/listenaddress.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace quoin::server {

/// A socket that the service manager opened and left to us (sd_listen_fds(3), systemd.socket(5)). A value; does not own
/// the descriptor.
struct PassedSocket
{
    int descriptor = -1;
    QString name; ///< FileDescriptorName= of the unit; empty if there is none.
};

/// What LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES say to the process self: descriptors from 3 on. Nothing if they are
/// meant for another process or are no numbers.
QList<PassedSocket> passedSockets(const QByteArray &listenPid, const QByteArray &count, const QByteArray &names,
                                  qint64 self);

/// Of this process. Takes the variables out of the environment and closes the descriptors at exec, so that no child has
/// either. Before the first thread (unsetenv).
QList<PassedSocket> takePassedSockets();

/// Where it listens. Invalid, with a sentence that names it, if it is not a listening TCP socket.
Result<ListenAddress> addressOf(const PassedSocket &socket);

} // namespace quoin::server
