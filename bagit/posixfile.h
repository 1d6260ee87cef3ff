// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>

namespace quoin::bagit {

/// Owns a file descriptor, or none (-1).
class Descriptor
{
public:
    explicit Descriptor(int descriptor = -1)
        : m_descriptor(descriptor)
    {
    }
    ~Descriptor() { close(); }
    Descriptor(Descriptor &&other) noexcept
        : m_descriptor(other.release())
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept;

    operator int() const { return m_descriptor; }
    void close();

private:
    int release();

    int m_descriptor;
};

/// Why something could not be done to a file (verb: "written", "read back"), with what helps against it. code: an
/// errno. Kind Unavailable: it may work later.
Error refusal(const QString &verb, const QString &path, int code);

/// Writes all bytes; path is for the error.
Result<> writeAll(int descriptor, const QString &path, QByteArrayView bytes);

/// All bytes of a file that should have so many, from its beginning; one more if it has more, so that it is seen.
/// Nothing, with errno, if it cannot be read.
std::optional<QByteArray> readAll(int descriptor, qsizetype size);

} // namespace quoin::bagit
