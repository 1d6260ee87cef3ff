// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/trust.h"

#include "plugins/pluginfile.h"
#include "plugins/publickey.h"
#include "plugins/safefolder.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

constexpr qint64 largestFile = 1024 * 1024;
constexpr qsizetype signatureSize = 64; // RFC 8032 section 5.1.6

/// Links are followed once; then the file, and every folder above it, must be nobody else's.
Result<QByteArray> readTrusted(const QString &path)
{
    const QFileInfo info(QFileInfo(path).canonicalFilePath());
    if (info.filePath().isEmpty())
        return Error::invalid(u"there is no file %1"_s.arg(path));
    const auto folder = SafeFolder::open(info.path());
    if (!folder)
        return folder.error();
    Fault fault;
    const auto bytes = readSafeFile(*folder, info.fileName(), largestFile, &fault);
    if (!bytes)
        return Error::invalid(u"%1 %2: %3"_s.arg(path, fault.reason, fault.remedy));
    return *bytes;
}

Result<QStringList> keyFiles(const QString &path)
{
    if (!QFileInfo(path).isDir())
        return QStringList{path};
    const auto folder = SafeFolder::open(path);
    if (!folder)
        return folder.error();
    QStringList files;
    for (const QString &name : QDir(folder->path()).entryList({u"*.pem"_s}, QDir::Files, QDir::Name))
        files.append(folder->path() + u'/' + name);
    if (files.isEmpty())
        return Error::invalid(u"the folder %1 holds no *.pem"_s.arg(path));
    return files;
}

Error wrong(const char *setting, const Error &why)
{
    return Error::invalid(u"%1: %2"_s.arg(QLatin1StringView(setting), why.message()));
}

} // namespace

Result<Trust> Trust::open(const TrustOptions &options)
{
    Trust trust;
    trust.m_options = options;
    if (options.mode == TrustOptions::Mode::Off)
        return trust;
    if (options.keys.isEmpty() && options.allow.isEmpty()) {
        return Error::invalid(u"plugins.trust asks for trusted plugins, but nobody is trusted: "
                              "set plugins.keys, plugins.allow or both"_s);
    }
    if (const auto read = trust.readKeys(); !read)
        return wrong("plugins.keys", read.error());
    if (const auto read = trust.readAllowed(); !read)
        return wrong("plugins.allow", read.error());
    return trust;
}

Result<> Trust::readKeys()
{
    if (m_options.keys.isEmpty())
        return {};
    const auto files = keyFiles(m_options.keys);
    if (!files)
        return files.error();
    for (const QString &file : *files) {
        const auto pem = readTrusted(file);
        if (!pem)
            return pem.error();
        const auto keys = PublicKey::read(*pem, file);
        if (!keys)
            return keys.error();
        m_keys += *keys;
    }
    return {};
}

Result<> Trust::readAllowed()
{
    if (m_options.allow.isEmpty())
        return {};
    const auto text = readTrusted(m_options.allow);
    if (!text)
        return text.error();
    static const QRegularExpression form(u"^(!?)([0-9a-fA-F]{64})\\s+([a-z0-9_.]+)$"_s);
    int number = 0;
    for (const QByteArray &raw : text->split('\n')) {
        ++number;
        const QString line = QString::fromUtf8(raw).trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        const auto match = form.match(line);
        if (!match.hasMatch()) {
            return Error::invalid(u"%1, line %2: must be \"<sha256> <id>\", or \"!<sha256> <id>\" to revoke: \"%3\""_s
                                      .arg(m_options.allow)
                                      .arg(number)
                                      .arg(line.left(100)));
        }
        const QByteArray sha256 = match.captured(2).toLower().toLatin1();
        if (match.captured(1).isEmpty())
            m_allowed.insert({sha256, match.captured(3)});
        else
            m_revoked.insert(sha256);
    }
    return {};
}

Trust::Verdict Trust::judge(const QByteArray &bytes, const QByteArray &sha256, const QString &id,
                            const QByteArray &signature) const
{
    if (m_revoked.contains(sha256))
        return {false, u"its hash is revoked in %1"_s.arg(m_options.allow), u"use another version of it"_s};
    if (m_allowed.contains({sha256, id}))
        return {true, u"listed in %1"_s.arg(m_options.allow), {}};
    const QString list = u"add the line \"%1 %2\" to the file of plugins.allow"_s.arg(QString::fromLatin1(sha256), id);
    const QString sign = u"sign it: openssl pkeyutl -sign -rawin -inkey key.pem -in %1.so -out %1.so.sig"_s.arg(id);
    const QString remedy = m_keys.isEmpty() ? list : m_options.allow.isEmpty() ? sign : sign + u"; or "_s + list;
    if (m_keys.isEmpty())
        return {false, u"its hash is not listed in %1"_s.arg(m_options.allow), remedy};
    if (signature.isEmpty())
        return {false, u"it is not signed: there is no %1.so.sig beside it"_s.arg(id), remedy};
    if (signature.size() != signatureSize) {
        return {false, u"its signature has %1 bytes, not %2"_s.arg(signature.size()).arg(signatureSize), remedy};
    }
    for (const auto &key : m_keys) {
        if (key->verifies(bytes, signature))
            return {true, u"signed with %1"_s.arg(key->file), {}};
    }
    return {false, u"its signature fits none of the %1 keys of plugins.keys"_s.arg(m_keys.size()), remedy};
}

} // namespace quoin::plugins
