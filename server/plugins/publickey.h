// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QList>
#include <QString>

#include <memory>

namespace quoin::plugins {

/// An Ed25519 public key (RFC 8032). Immutable; any thread.
struct PublicKey
{
    /// What a PEM text holds: one key or several. Invalid if it holds something else or nothing.
    static Result<QList<std::shared_ptr<const PublicKey>>> read(const QByteArray &pem, const QString &file);

    virtual ~PublicKey() = default;

    /// Whether the signature, 64 bytes, was made over these bytes with the private key that belongs to it.
    virtual bool verifies(const QByteArray &bytes, const QByteArray &signature) const = 0;

    QString file; ///< Where it came from.
};

} // namespace quoin::plugins
