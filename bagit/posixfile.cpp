// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/posixfile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <unistd.h>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept
{
    if (this != &other) {
        close();
        m_descriptor = other.release();
    }
    return *this;
}

void Descriptor::close()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
}

int Descriptor::release() { return std::exchange(m_descriptor, -1); }

Error refusal(const QString &verb, const QString &path, int code)
{
    const QString reason = QString::fromLocal8Bit(std::strerror(code));
    switch (code) {
    case ENOSPC:
    case EDQUOT:
        return Error::unavailable(u"%1 cannot be %2: %3. Free some space there."_s.arg(path, verb, reason));
    case EACCES:
    case EPERM:
    case EROFS:
        return Error::unavailable(
            u"%1 cannot be %2: %3. Give this user the right to write there."_s.arg(path, verb, reason));
    case ENOENT:
        return Error::unavailable(u"%1 cannot be %2: its folder is not there."_s.arg(path, verb));
    default:
        return Error::unavailable(u"%1 cannot be %2: %3."_s.arg(path, verb, reason));
    }
}

Result<> writeAll(int descriptor, const QString &path, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), static_cast<std::size_t>(bytes.size()));
        if (count < 0 && errno != EINTR)
            return refusal(u"written"_s, path, errno);
        bytes = bytes.sliced(std::max<ssize_t>(count, 0));
    }
    return {};
}

std::optional<QByteArray> readAll(int descriptor, qsizetype size)
{
    QByteArray bytes(size + 1, Qt::Uninitialized);
    qsizetype read = 0;
    while (read < bytes.size()) {
        const ssize_t count = ::pread(descriptor, bytes.data() + read, static_cast<std::size_t>(bytes.size() - read),
                                      read);
        if (count < 0 && errno != EINTR)
            return std::nullopt;
        if (count == 0)
            break;
        read += std::max<ssize_t>(count, 0);
    }
    bytes.truncate(read);
    return bytes;
}

} // namespace quoin::bagit
