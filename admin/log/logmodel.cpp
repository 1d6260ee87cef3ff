// SPDX-License-Identifier: GPL-3.0-only
#include "log/logmodel.h"

#include "ui/pagedmodel.h"
#include "ui/times.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

const QString path = u"/admin/v1/log"_s;
constexpr int mostAtOnce = 1000;

Tone toneOf(const QString &level)
{
    if (level == u"critical"_s || level == u"fatal"_s)
        return Tone::Bad;
    if (level == u"warning"_s)
        return Tone::Warning;
    return level == u"info"_s ? Tone::Info : Tone::Neutral;
}

/// The facts of a line as they stand in the log: name=value.
QString fieldsText(const QJsonObject &line)
{
    QStringList parts;
    const QJsonObject fields = line[u"fields"_s].toObject();
    for (auto field = fields.begin(); field != fields.end(); ++field)
        parts += field.key() + u'=' + field.value().toVariant().toString();
    return parts.join(u' ');
}

QString messageText(const QJsonObject &line)
{
    const QString fields = fieldsText(line);
    const QString message = line[u"message"_s].toString();
    return fields.isEmpty() ? message : message + u"  "_s + fields;
}

} // namespace

void LogModel::setSession(Session *session)
{
    delete m_reply;
    m_session = session;
    reset();
}

void LogModel::setFilter(const Query &filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    delete m_reply;
    reset();
    fetch();
}

void LogModel::reset()
{
    m_next.clear();
    m_problem = {};
    m_isLoaded = m_isWanted = false;
    clear();
}

void LogModel::clear()
{
    beginResetModel();
    m_lines.clear();
    endResetModel();
    Q_EMIT stateChanged();
}

void LogModel::fetch()
{
    if (!m_session || !m_session->endpoints().has(u"GET"_s, path))
        return;
    if (m_reply) {
        m_isWanted = true;
        return;
    }
    m_isWanted = false;
    Query query = m_filter;
    query.append({u"limit"_s, QString::number(mostAtOnce)});
    if (!m_next.isEmpty())
        query.append({u"after"_s, m_next});
    m_reply = m_session->api().get(path, query, this);
    m_reply->then(this, [this](const ApiReply &reply) { take(reply); });
}

void LogModel::take(const ApiReply &reply)
{
    m_reply = nullptr;
    m_problem = reply.isOk() ? Problem() : reply.problem();
    if (reply.isOk()) {
        const QJsonObject answer = reply.object();
        m_isLoaded = true;
        m_next = answer[u"next"_s].toString(m_next);
        append(reply.results());
        if (const qint64 lines = answer[u"missed"_s].toInteger(); lines > 0)
            Q_EMIT missed(lines);
        m_isWanted = m_isWanted || reply.results().size() >= mostAtOnce;
    }
    Q_EMIT stateChanged();
    if (m_isWanted && reply.isOk())
        fetch();
}

void LogModel::append(const QJsonArray &lines)
{
    if (lines.isEmpty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(lines.size()) - 1);
    for (const QJsonValue &line : lines)
        m_lines.push_back(line.toObject());
    endInsertRows();
    if (const int surplus = rowCount() - mostLines; surplus > 0) {
        beginRemoveRows({}, 0, surplus - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + surplus);
        endRemoveRows();
    }
}

QJsonObject LogModel::line(int row) const
{
    return row >= 0 && row < rowCount() ? m_lines[static_cast<std::size_t>(row)] : QJsonObject();
}

QString LogModel::text(int row) const
{
    const QJsonObject one = line(row);
    QStringList parts{one[u"time"_s].toString(), one[u"level"_s].toString(), one[u"category"_s].toString() + u':',
                      messageText(one)};
    if (const QString request = one[u"request_id"_s].toString(); !request.isEmpty())
        parts += u"request_id="_s + request;
    return parts.join(u' ');
}

int LogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int LogModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant LogModel::data(const QModelIndex &index, int role) const
{
    const QJsonObject one = line(index.row());
    const QString level = one[u"level"_s].toString();
    switch (role) {
    case Qt::DisplayRole:
        return shown(one, index.column());
    case Qt::ToolTipRole:
        return index.column() == Message ? QVariant(text(index.row()).toHtmlEscaped()) : QVariant();
    case Qt::TextAlignmentRole:
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    case ToneRole:
        return index.column() == Level && level != u"debug"_s ? QVariant(int(toneOf(level))) : QVariant();
    case MutedRole:
        return index.column() != Message || level == u"debug"_s;
    case MonospaceRole:
        return index.column() == Message || index.column() == Time;
    default:
        return {};
    }
}

QVariant LogModel::shown(const QJsonObject &line, int column) const
{
    switch (column) {
    case Time:
        return exactTime(timeOf(line[u"time"_s].toString())).mid(11);
    case Level:
        return line[u"level"_s].toString();
    case Category:
        return line[u"category"_s].toString();
    default:
        return messageText(line);
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QStringList titles{tr("Time"), tr("Level"), tr("Part"), tr("Message")};
    return titles.value(section);
}

} // namespace admin
