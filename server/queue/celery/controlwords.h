// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>

#include <optional>

namespace quoin::celery {

/// A remote-control command ("pidbox"). Texts of JSON are as they came.
struct ControlCommand
{
    QString method;
    QList<QPair<QString, QByteArray>> arguments; ///< By name, JSON texts.
    std::optional<QStringList> destination;      ///< Node names.
    QString pattern, matcher;                    ///< matcher: "glob" or "pcre".
    QString ticket;
    QByteArray replyExchange, replyKey; ///< Empty key: nobody waits for a reply.
    quint64 clock = 0;
    std::optional<qint64> expires; ///< Microseconds since 1970 UTC.

    bool wantsReply() const { return !replyKey.isEmpty(); }
    /// Whether the node is meant.
    bool isFor(const QString &node) const;

    /// An argument's JSON text, null if it was not given or is null.
    QByteArray argument(QStringView name) const;
    QString text(QStringView name) const;                  ///< Of a string; of another value its JSON text.
    QStringList texts(QStringView name) const;             ///< Of a list of strings, or of one string.
    std::optional<qint64> integer(QStringView name) const; ///< Also of "5" and 5.0, which is what shells send.
    std::optional<double> seconds(QStringView name) const;
    bool flag(QStringView name, bool otherwise = false) const;
};

/// The channel of commands for the database with this number, "/0.celery.pidbox", and the member of
/// "_kombu.binding.celery.pidbox" that a node adds while it listens.
QByteArray controlChannel(int database);
QByteArray controlBindingMember(const QString &node);

/// Reads what came on that channel. Invalid with the reason; then there is nobody to answer. Pure; any thread.
Result<ControlCommand> parseControlCommand(QByteArrayView raw);

/// What a reply needs in Redis: if `member` is in the set `bindings`, LPUSH `envelope` to `list` and EXPIRE it.
struct ControlReply
{
    QByteArray bindings, member, list, envelope;
};

/// The reply {node: value}; value: a JSON text. A value that no Python client could read is replaced by an error that
/// says so. Requires wantsReply().
ControlReply controlReply(const ControlCommand &command, const QString &node, QByteArrayView value, quint64 clock);

/// {"ok": "..."} and {"error": "..."}; what an unknown method gets: {"error": "KeyError('nosuchcmd')"}.
QByteArray okValue(const QString &text);
QByteArray errorValue(const QString &text);
QByteArray unknownMethodValue(const QString &method);

} // namespace quoin::celery
