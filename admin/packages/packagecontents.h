// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QPointer>
#include <QWidget>

class QLabel;

namespace admin {

class ContentView;
class Facts;
class RowsModel;
class TableView;
class TextBlock;

/// What is in a package: the entries of its zip file, what its bag-info.txt says, and one entry as text.
class PackageContents : public QWidget
{
    Q_OBJECT

public:
    explicit PackageContents(QWidget *parent = nullptr);

    void setSession(Session *session);
    /// Asks once it is seen; 0: none.
    void setPackage(qint64 id);
    /// The package changed: what was read of it is forgotten.
    void forget();
    TableView *table() const { return m_table; }
    bool isAnswered() const { return m_isAnswered || m_id == 0; }

Q_SIGNALS:
    void answered();

protected:
    void showEvent(QShowEvent *event) override;

private:
    void fetch();
    void take(const ApiReply &reply);
    void showBag(const QJsonObject &info);
    void preview();
    void showEntry(const QJsonObject &entry, const ApiReply &reply);

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply, m_previewing;
    RowsModel *m_model;
    TableView *m_table;
    ContentView *m_content;
    Facts *m_bag;
    QLabel *m_previewHint;
    TextBlock *m_preview;
    qint64 m_id = 0;
    bool m_isAnswered = false;
};

} // namespace admin
