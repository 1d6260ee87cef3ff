// SPDX-License-Identifier: GPL-3.0-only
#include "admin/eventstate.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

const QString pluginsKind = u"plugins"_s;
constexpr qsizetype longestId = 1000;

/// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
QByteArray eventText(const QByteArray &id, const QString &kind, const QJsonObject &data)
{
    return "id: " + id + "\nevent: " + kind.toLatin1() + "\ndata: " + QJsonDocument(data).toJson(QJsonDocument::Compact)
        + "\n\n";
}

} // namespace

QString fingerprint(const QByteArray &contents)
{
    const QByteArray hash = QCryptographicHash::hash(contents, QCryptographicHash::Sha256).first(8);
    return QString::fromLatin1(hash.toHex());
}

EventCursor EventCursor::parse(const QByteArray &text)
{
    static const QRegularExpression form(u"^([a-z]{1,20})=([0-9a-f]{1,20})$"_s);
    EventCursor cursor;
    for (const QByteArray &part : text.left(longestId).split('.')) {
        if (const auto match = form.match(QString::fromLatin1(part)); match.hasMatch())
            cursor.setMark(match.captured(1), match.captured(2));
    }
    return cursor;
}

QByteArray EventCursor::toText() const
{
    QByteArrayList parts;
    for (auto mark = m_marks.begin(); mark != m_marks.end(); ++mark)
        parts.append(mark.key().toLatin1() + '=' + mark.value().toLatin1());
    return parts.join('.');
}

void EventState::set(const QString &kind, const QString &mark, const QJsonObject &data)
{
    m_kinds.insert(kind, {mark, data});
}

void EventState::setServer(qint64 second, const QJsonObject &data)
{
    m_second = second;
    m_server = data;
}

void EventState::setPlugins(const QMap<QString, QString> &marks)
{
    m_plugins = marks;
    QByteArray all;
    for (auto mark = marks.begin(); mark != marks.end(); ++mark)
        all += mark.key().toUtf8() + ' ' + mark.value().toUtf8() + '\n';
    set(pluginsKind, fingerprint(all), {});
}

/// Which plugins, for one who was told of the others before; else all of them.
QJsonObject EventState::dataFor(const QString &kind, const Listener &listener) const
{
    if (kind != pluginsKind)
        return m_kinds.value(kind).data;
    QJsonArray ids;
    for (auto mark = m_plugins.begin(); mark != m_plugins.end(); ++mark) {
        if (listener.plugins.value(mark.key()) != mark.value())
            ids.append(mark.key());
    }
    for (auto told = listener.plugins.begin(); told != listener.plugins.end(); ++told) {
        if (!m_plugins.contains(told.key()))
            ids.append(told.key());
    }
    return {{u"ids"_s, ids}};
}

QByteArray EventState::tell(Listener &listener) const
{
    QByteArray text;
    for (auto kind = m_kinds.begin(); kind != m_kinds.end(); ++kind) {
        const bool isNews = listener.cursor.mark(kind.key()) != kind->mark;
        const QJsonObject data = isNews ? dataFor(kind.key(), listener) : QJsonObject();
        if (kind.key() == pluginsKind)
            listener.plugins = m_plugins;
        if (!isNews)
            continue;
        listener.cursor.setMark(kind.key(), kind->mark);
        text += eventText(listener.cursor.toText(), kind.key(), data);
    }
    if (m_second != listener.second) {
        listener.second = m_second;
        text += eventText(listener.cursor.toText(), u"server"_s, m_server);
    }
    return text;
}

} // namespace quoin::server
