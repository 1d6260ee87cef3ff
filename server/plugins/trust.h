// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QList>
#include <QSet>
#include <QString>

#include <memory>
#include <utility>

namespace quoin::plugins {

struct TrustOptions
{
    enum class Mode {
        Off,     ///< Nobody is asked.
        Warn,    ///< An untrusted file is served, with a warning.
        Require, ///< An untrusted file is refused.
    };

    Mode mode = Mode::Off;
    QString keys;  ///< A PEM file, or a folder of *.pem, with Ed25519 public keys; empty: none.
    QString allow; ///< A file of lines "<sha256> <id>", and "!<sha256> <id>" for what is revoked; empty: none.
};

struct PublicKey;

/// Whom the operator trusts: makers, by their keys, and single files, by their hash. Immutable once open; any thread.
class Trust
{
public:
    struct Verdict
    {
        bool isTrusted = false;
        QString reason; ///< Why not: a sentence; or by what: "signed with /etc/quoin/keys/acme.pem".
        QString remedy; ///< Empty if trusted.
    };

    /// Reads keys and allow-list. An Error names what is unreadable, wrong (with its line) or could be changed by
    /// somebody else: files and folders must belong to root or this user and be writable by nobody else. In Mode::Off
    /// nothing is read.
    static Result<Trust> open(const TrustOptions &options);

    TrustOptions::Mode mode() const { return m_options.mode; }

    /// signature: 64 bytes by Ed25519 (RFC 8032) over the bytes of the file, or empty. A hash that the list revokes is
    /// untrusted whatever signed it.
    Verdict judge(const QByteArray &bytes, const QByteArray &sha256, const QString &id,
                  const QByteArray &signature) const;

private:
    Trust() = default;

    Result<> readKeys();
    Result<> readAllowed();

    TrustOptions m_options;
    QList<std::shared_ptr<const PublicKey>> m_keys; // shared: the value is copied, a key of OpenSSL is not
    QSet<std::pair<QByteArray, QString>> m_allowed;
    QSet<QByteArray> m_revoked;
};

} // namespace quoin::plugins
