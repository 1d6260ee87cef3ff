// SPDX-License-Identifier: GPL-3.0-only
#include "storeclaim.h"

#include "datafolder.h"
#include "plugins/safefolder.h"

#include <QFile>

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

using namespace Qt::StringLiterals;

namespace quoin::server {

Result<StoreClaim> StoreClaim::take(const QString &dataFolder)
{
    constexpr int most = 16;
    for (int number = 1; number <= most; ++number) {
        const QString path = pluginStore(dataFolder) + (number == 1 ? QString() : u"-%1"_s.arg(number));
        const auto folder = plugins::SafeFolder::openPrivate(path);
        if (!folder)
            return Error::invalid(u"the plugin store is not safe: "_s + folder.error().message());
        FileDescriptor lock(
            ::openat(folder->descriptor(), ".supervisor.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!lock.isOpen())
            return Error::unavailable(u"cannot lock the plugin store %1: %2"_s.arg(path, qt_error_string(errno)));
        if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0)
            return StoreClaim{path, std::move(lock)};
    }
    return Error::unavailable(
        u"%1 servers use %2 (data.dir) already: give this one a folder of its own"_s.arg(most).arg(dataFolder));
}

} // namespace quoin::server
