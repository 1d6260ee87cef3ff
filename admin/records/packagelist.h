// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QPointer>
#include <QScrollArea>

class QJsonObject;
class QVBoxLayout;

namespace admin {

/// The packages of a record: state, size, age; each can be opened in its page and downloaded.
class PackageList : public QScrollArea
{
    Q_OBJECT

public:
    explicit PackageList(QWidget *parent = nullptr);

    void setSession(Session *session);
    /// 0: none.
    void setRecord(qint64 id);
    void refresh();
    int count() const { return m_count; }
    /// More of a record are seen in the page of packages.
    static constexpr int mostShown = 30;

Q_SIGNALS:
    void countChanged();
    void openRequested(qint64 package);
    void allRequested(qint64 record);
    void downloadRequested(qint64 package, const QString &file);

private:
    void take(const ApiReply &reply);
    void showPackages(const QJsonArray &packages);
    void showSentence(const QString &sentence);
    QWidget *card(const QJsonObject &package);
    void empty();

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    QVBoxLayout *m_layout;
    QByteArray m_shown;
    qint64 m_record = 0;
    int m_count = -1;
};

} // namespace admin
