// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/brief.h"

#include <QFile>
#include <QJsonDocument>

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

Result<FileDescriptor> sealBrief(const QJsonObject &brief)
{
    const auto failed = [] {
        return Error::unavailable(
            u"The brief of a worker process cannot be written: %1."_s.arg(qt_error_string(errno)));
    };
    FileDescriptor descriptor(::memfd_create("quoin-brief", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!descriptor.isOpen())
        return failed();
    const QByteArray text = QJsonDocument(brief).toJson(QJsonDocument::Compact);
    QFile file;
    if (!file.open(descriptor.get(), QIODevice::WriteOnly | QIODevice::Unbuffered) || file.write(text) != text.size())
        return failed();
    ::lseek(descriptor.get(), 0, SEEK_SET); // for whoever reads it as a stream
    if (::fcntl(descriptor.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return failed();
    return descriptor;
}

Result<QJsonObject> readBrief(int descriptor)
{
    // By offset: the file position is shared with whoever else holds the file.
    QByteArray text;
    char part[4096];
    for (;;) {
        const ssize_t size = ::pread(descriptor, part, sizeof part, text.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return Error::invalid(u"descriptor %1 cannot be read as a brief (%2): this command is started by "
                                  "\"quoin serve\" only"_s.arg(descriptor)
                                      .arg(qt_error_string(errno)));
        if (size == 0)
            break;
        text.append(part, size);
    }
    const QJsonDocument document = QJsonDocument::fromJson(text);
    if (!document.isObject())
        return Error::invalid(u"the brief in descriptor %1 is not a JSON object"_s.arg(descriptor));
    return document.object();
}

} // namespace quoin::supervisor
