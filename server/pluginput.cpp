// SPDX-License-Identifier: GPL-3.0-only
#include "pluginput.h"

#include "plugincheck.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryFile>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

Result<QByteArray> readAll(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error::unavailable(u"cannot read %1: %2"_s.arg(path, file.errorString()));
    return file.readAll();
}

/// A file of the folder that is complete, but has a dot before its name still, so that no server looks at it.
class Arriving
{
public:
    Arriving(const QString &folder, const QString &name)
        : m_target(folder + u'/' + name)
        , m_file(folder + u"/."_s + name + u".XXXXXX"_s)
    {
    }

    /// Readable by the server's user, whoever installs; writable by the owner only, as the server demands.
    Result<> write(const QByteArray &bytes)
    {
        constexpr auto rights = QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ReadGroup
            | QFileDevice::ReadOther;
        if (!m_file.open() || !m_file.setPermissions(rights))
            return failed(m_file.errorString());
        // Not QFile::write(): of a disk that takes only a part it says "Unknown error".
        for (qsizetype done = 0; done < bytes.size();) {
            const ssize_t part = ::write(m_file.handle(), bytes.constData() + done,
                                         static_cast<size_t>(bytes.size() - done));
            if (part < 0 && errno != EINTR)
                return failed(qt_error_string(errno));
            done += std::max<ssize_t>(part, 0);
        }
        return ::fsync(m_file.handle()) == 0 ? Result<>() : failed(qt_error_string(errno));
    }

    Result<> arrive()
    {
        if (std::rename(QFile::encodeName(m_file.fileName()).constData(), QFile::encodeName(m_target).constData()) != 0)
            return failed(qt_error_string(errno));
        m_file.setAutoRemove(false);
        return {};
    }

private:
    Result<> failed(const QString &why) const
    {
        return Error::unavailable(u"cannot write %1: %2"_s.arg(m_target, why));
    }

    const QString m_target;
    QTemporaryFile m_file;
};

} // namespace

Result<> putPlugin(const QString &folder, const CheckedPlugin &plugin)
{
    const auto bytes = readAll(plugin.file);
    if (!bytes)
        return bytes.error();
    if (QCryptographicHash::hash(*bytes, QCryptographicHash::Sha256).toHex() != plugin.sha256)
        return Error::conflict(
            u"%1 changed while it was checked: install it again when it is complete"_s.arg(plugin.file));

    const QString name = plugin.metadata->id + u".so"_s;
    const QString signatureName = name + u".sig"_s;
    const bool isSigned = QFile::exists(plugin.file + u".sig"_s);
    const auto signature = isSigned ? readAll(plugin.file + u".sig"_s) : QByteArray();
    if (!signature)
        return signature.error();
    Arriving newPlugin(folder, name);
    Arriving newSignature(folder, signatureName);
    Result<> done = newPlugin.write(*bytes);
    if (done && isSigned)
        done = newSignature.write(*signature);
    // One right after the other, so that no look of the server comes between.
    if (done && isSigned)
        done = newSignature.arrive();
    else if (done)
        QFile::remove(folder + u'/' + signatureName);
    return done ? newPlugin.arrive() : done;
}

} // namespace quoin::server
