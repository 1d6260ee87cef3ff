// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QObject>
#include <QString>

#include <functional>

namespace admin {

/// Where tokens are kept: in the desktop's keyring (KWallet, Secret Service) where there is one, else in a file that
/// only this user can read. The keyring may ask the user something first, so every answer comes later.
class TokenStore : public QObject
{
    Q_OBJECT

public:
    enum class Place { Keyring, File };
    explicit TokenStore(Place preferred = Place::Keyring, QObject *parent = nullptr);

    /// `done` gets the token, empty if there is none.
    void read(const QString &id, QObject *context, const std::function<void(const QString &token)> &done);
    /// `done` gets a sentence if it could not be kept at all, and where it is.
    void write(const QString &id, const QString &token, QObject *context,
               const std::function<void(const QString &problem, Place place)> &done);
    void remove(const QString &id);

    /// `<config>/tokens/<id>`, mode 0600, in a folder of mode 0700.
    static QString fileOf(const QString &id);

private:
    bool m_hasKeyring;
};

/// The first line of a file as a token; empty if it cannot be read.
QString tokenOfFile(const QString &path);

} // namespace admin
