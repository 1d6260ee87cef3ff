// SPDX-License-Identifier: GPL-3.0-only
#include "ui/problemview.h"

#include "ui/iconlabel.h"
#include "ui/icons.h"

#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QLabel *lineOf(const QString &role, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setProperty("role", role);
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText); // it may be the server's text
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFixedWidth(480);
    return label;
}

void tell(QLabel *label, const QString &text)
{
    label->setText(text);
    label->setVisible(!text.isEmpty());
}

} // namespace

ProblemView::ProblemView(QWidget *parent)
    : QWidget(parent)
    , m_icon(new IconLabel(u"warning"_s, 44, this))
    , m_title(lineOf(u"heading"_s, this))
    , m_detail(lineOf(u"muted"_s, this))
    , m_remedy(lineOf(QString(), this))
    , m_requestId(lineOf(u"caption"_s, this))
    , m_retry(new QToolButton(this))
{
    m_retry->setText(tr("Try again"));
    m_retry->setIcon(themedIcon(u"refresh"_s));
    m_retry->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_retry->setProperty("role", u"button"_s);
    m_retry->setFocusPolicy(Qt::StrongFocus);
    connect(m_retry, &QToolButton::clicked, this, &ProblemView::retryRequested);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addStretch(2);
    for (QWidget *widget :
         {static_cast<QWidget *>(m_icon), static_cast<QWidget *>(m_title), static_cast<QWidget *>(m_detail),
          static_cast<QWidget *>(m_remedy), static_cast<QWidget *>(m_requestId), static_cast<QWidget *>(m_retry)})
        layout->addWidget(widget, 0, Qt::AlignHCenter);
    layout->addStretch(3);
}

void ProblemView::setProblem(const Problem &problem)
{
    const bool isGrave = problem.kind == Problem::Kind::Server || problem.kind == Problem::Kind::Malformed;
    m_icon->set(problem.kind == Problem::Kind::Offline ? u"offline"_s : u"warning"_s,
                isGrave ? Tone::Bad : Tone::Warning);
    tell(m_title, problem.title);
    tell(m_detail, problem.detail);
    tell(m_remedy, problem.remedy);
    tell(m_requestId, problem.requestId.isEmpty() ? QString() : tr("Request id %1").arg(problem.requestId));
}

} // namespace admin
