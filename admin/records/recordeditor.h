// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "records/jsonscanner.h"

#include <QDialog>
#include <QPointer>
#include <QTimer>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace admin {

class JsonHighlighter;

/// Where a new record is written. It says where the text is not JSON while it is typed, and sends the text as it is:
/// numbers and order stay. Deletes itself when it is closed.
class RecordEditor : public QDialog
{
    Q_OBJECT

public:
    /// `text`: to begin with. `title`: "New record", "Duplicate of record 17".
    RecordEditor(Session *session, const QString &title, const QString &text, QWidget *parent);
    /// What is stored then takes the place of this record, where the server can do that.
    void setReplaced(qint64 id) { m_replaced = id; }

    QString text() const;
    /// Why it cannot be stored as it is; empty if it can.
    QString faultText() const;
    /// Texts that are larger are not edited: typing in them would be slow.
    static constexpr qint64 largest = 1024 * 1024;

public Q_SLOTS:
    void store();
    void reject() override;

Q_SIGNALS:
    void stored(qint64 id);

protected:
    void changeEvent(QEvent *event) override;

private:
    void build(const QString &title);
    void textChanged();
    void check();
    void showFault(const QByteArray &text, const JsonFault &fault);
    void goToFault();
    void beautify();
    void take(const ApiReply &reply);

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    QPlainTextEdit *m_edit;
    JsonHighlighter *m_highlighter;
    QLabel *m_status;
    QPushButton *m_store;
    QTimer m_soon;
    QString m_initial, m_fault;
    qint64 m_replaced = 0;
    int m_era = 0, m_faultPosition = -1;
    bool m_storesWhenChecked = false, m_isChecked = false;
};

} // namespace admin
