// SPDX-License-Identifier: GPL-3.0-only
#include "packages/progressstrip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace admin {

ProgressStrip::ProgressStrip(const QString &accessibleName, QWidget *parent)
    : QFrame(parent)
    , m_text(new QLabel(this))
    , m_bar(new QProgressBar(this))
{
    setProperty("role", u"card"_s);
    m_bar->setAccessibleName(accessibleName);
    m_bar->setTextVisible(false);
    m_text->setTextFormat(Qt::PlainText);
    auto *cancel = new QToolButton(this);
    cancel->setText(tr("Cancel"));
    cancel->setAccessibleName(tr("Cancel: %1").arg(accessibleName));
    cancel->setProperty("role", u"button"_s);
    cancel->setFocusPolicy(Qt::StrongFocus);
    connect(cancel, &QToolButton::clicked, this, &ProgressStrip::cancelled);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(14, 8, 8, 8);
    line->setSpacing(14);
    line->addWidget(m_text);
    line->addWidget(m_bar, 1);
    line->addWidget(cancel);
    hide();
}

void ProgressStrip::tell(const QString &text, qint64 done, qint64 total)
{
    m_text->setText(text);
    // In thousandths: the bar counts in int, and a package may be larger than that.
    m_bar->setRange(0, total > 0 ? 1000 : 0);
    m_bar->setValue(total > 0 ? static_cast<int>(1000.0 * double(done) / double(total)) : 0);
    show();
}

} // namespace admin
