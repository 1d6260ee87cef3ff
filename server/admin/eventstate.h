// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QString>

namespace quoin::server {

/// A short name of any contents: two that differ have different ones, but for an accident in 2^64.
QString fingerprint(const QByteArray &contents);

/// How far a listener is: of each kind of event, the mark of what it was told last. A value; as text it is the id of an
/// event, which a client gives back as Last-Event-ID.
class EventCursor
{
public:
    /// Kind by kind, as far as it can be read: what cannot is told anew.
    static EventCursor parse(const QByteArray &text);
    QByteArray toText() const;

    QString mark(const QString &kind) const { return m_marks.value(kind); }
    void setMark(const QString &kind, const QString &mark) { m_marks.insert(kind, mark); }

private:
    QMap<QString, QString> m_marks;
};

/// What there is to tell, and to whom what. A value.
class EventState
{
public:
    /// From now on this kind is so. A mark that is the same as before is no change.
    void set(const QString &kind, const QString &mark, const QJsonObject &data);
    /// The figures of a second; of those only the latest counts, and no id remembers them.
    void setServer(qint64 second, const QJsonObject &data);
    /// Each plugin and its mark.
    void setPlugins(const QMap<QString, QString> &marks);

    /// One who listens.
    struct Listener
    {
        EventCursor cursor;
        qint64 second = 0;
        QMap<QString, QString> plugins; ///< As it was told last; empty if it was another process that told.
    };
    /// The events that it has not been told yet, as text/event-stream; from now on it has.
    QByteArray tell(Listener &listener) const;

private:
    struct Kind
    {
        QString mark;
        QJsonObject data;
    };

    QJsonObject dataFor(const QString &kind, const Listener &listener) const;

    QMap<QString, Kind> m_kinds;
    qint64 m_second = 0;
    QJsonObject m_server;
    QMap<QString, QString> m_plugins;
};

} // namespace quoin::server
