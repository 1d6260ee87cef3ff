// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QAbstractTableModel>
#include <QJsonObject>
#include <QPointer>

#include <deque>

namespace admin {

/// The tail of the server's log as it grows: oldest first, the last few thousand lines. Pausing stops the asking, so
/// that what is read stays where it is.
class LogModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Level, Category, Message, ColumnCount };
    static constexpr int mostLines = 5000;

    using QAbstractTableModel::QAbstractTableModel;

    /// Another server, or none: the lines of before are gone.
    void setSession(Session *session);
    /// level, request_id and text as the API has them; the lines of before are gone.
    void setFilter(const Query &filter);
    const Query &filter() const { return m_filter; }
    /// Asks for what came since. Several calls at a time are one.
    void fetch();
    void clear();

    bool isLoaded() const { return m_isLoaded; }
    const Problem &problem() const { return m_problem; }
    QJsonObject line(int row) const;
    /// A line as it would stand in a file.
    QString text(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    /// isLoaded(), problem() or whether there are rows changed.
    void stateChanged();
    /// The server's memory went round: so many lines were never seen here.
    void missed(qint64 lines);

private:
    void reset();
    void take(const ApiReply &reply);
    void append(const QJsonArray &lines);
    QVariant shown(const QJsonObject &line, int column) const;

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    Query m_filter;
    QString m_next;
    Problem m_problem;
    std::deque<QJsonObject> m_lines;
    bool m_isLoaded = false, m_isWanted = false;
};

} // namespace admin
