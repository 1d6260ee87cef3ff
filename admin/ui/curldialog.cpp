// SPDX-License-Identifier: GPL-3.0-only
#include "ui/curldialog.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

CurlDialog::CurlDialog(const QList<Request> &requests, const QUrl &baseUrl, QWidget *parent)
    : QDialog(parent)
    , m_list(new QListWidget(this))
    , m_line(new QPlainTextEdit(this))
{
    setObjectName(u"curlDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Copy as curl"));
    auto *title = new QLabel(windowTitle(), this);
    title->setProperty("role", u"title"_s);
    auto *words = new QLabel(tr("What this page asked the server for, newest first. Put your token into the variable "
                                "TOKEN; it is not copied."),
                             this);
    words->setProperty("role", u"muted"_s);
    words->setWordWrap(true);
    m_list->setAccessibleName(tr("Requests of this page"));
    for (const Request &request : requests) {
        auto *item = new QListWidgetItem(
            QString::fromLatin1(request.method) + u"  "_s
                + request.url(baseUrl).toString(QUrl::RemoveScheme | QUrl::RemoveAuthority),
            m_list);
        item->setData(Qt::UserRole, request.curl(baseUrl));
    }
    m_line->setReadOnly(true);
    m_line->setAccessibleName(tr("Command line"));
    m_line->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_line->setMaximumHeight(110);
    connect(m_list, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem *item) {
        m_line->setPlainText(item ? item->data(Qt::UserRole).toString() : QString());
    });
    auto *close = new QPushButton(tr("Close"), this);
    auto *copy = new QPushButton(tr("Copy"), this);
    close->setAutoDefault(false);
    copy->setDefault(true);
    copy->setEnabled(!requests.isEmpty());
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(copy, &QPushButton::clicked, this, &CurlDialog::copy);
    connect(m_list, &QListWidget::itemActivated, this, &CurlDialog::copy);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(close);
    buttons->addWidget(copy);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 22);
    layout->setSpacing(14);
    layout->addWidget(title);
    layout->addWidget(words);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_line);
    layout->addLayout(buttons);
    resize(720, 480);
    m_list->setCurrentRow(0);
    m_list->setFocus();
}

void CurlDialog::copy()
{
    if (m_line->toPlainText().isEmpty())
        return;
    QGuiApplication::clipboard()->setText(m_line->toPlainText());
    Q_EMIT copied();
    accept();
}

} // namespace admin
