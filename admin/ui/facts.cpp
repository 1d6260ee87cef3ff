// SPDX-License-Identifier: GPL-3.0-only
#include "ui/facts.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QStyle>

using namespace Qt::StringLiterals;

namespace admin {

Facts::Facts(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(16);
    m_grid->setVerticalSpacing(5);
    m_grid->setColumnStretch(1, 1);
}

namespace {

/// A label that ends a word which is too long for it, such as a digest, with an ellipsis; a label alone cuts it off.
class Value : public QLabel
{
public:
    using QLabel::QLabel;

protected:
    void paintEvent(QPaintEvent *event) override
    {
        const bool isOneWord = !text().contains(u' ') && !text().contains(u'/');
        const int width = contentsRect().width();
        if (!isOneWord || hasSelectedText() || fontMetrics().horizontalAdvance(text()) <= width)
            return QLabel::paintEvent(event);
        QPainter painter(this);
        const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, width);
        style()->drawItemText(&painter, contentsRect(), Qt::AlignLeft | Qt::AlignVCenter, palette(), isEnabled(), shown,
                              foregroundRole());
    }
};

} // namespace

void Facts::set(const QList<Fact> &facts)
{
    if (facts == m_facts)
        return;
    const bool isSameShape = std::ranges::equal(facts, m_facts, [](const Fact &a, const Fact &b) {
        return a.name == b.name && a.value.isEmpty() == b.value.isEmpty() && a.link == b.link;
    });
    m_facts = facts;
    if (!isSameShape) {
        while (QLayoutItem *item = m_grid->takeAt(0)) {
            delete item->widget();
            delete item;
        }
    }
    int row = 0;
    for (const Fact &fact : facts) {
        if (fact.value.isEmpty())
            continue;
        if (isSameShape && fact.link.isEmpty()) {
            auto *value = qobject_cast<QLabel *>(m_grid->itemAtPosition(row++, 1)->widget());
            value->setText(fact.value);
            value->setToolTip(fact.toolTip);
            continue;
        }
        if (isSameShape) {
            ++row;
            continue;
        }
        auto *name = new QLabel(fact.name, this);
        name->setProperty("role", u"muted"_s);
        m_grid->addWidget(name, row, 0, Qt::AlignTop);
        m_grid->addWidget(makeValue(fact), row++, 1);
    }
}

QWidget *Facts::makeValue(const Fact &fact)
{
    auto *value = new Value(this);
    value->setWordWrap(true);
    value->setAccessibleName(fact.name);
    value->setToolTip(fact.toolTip);
    // A word longer than the column must not widen the panel.
    value->setMinimumWidth(80);
    value->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    if (fact.isMonospace)
        value->setProperty("role", u"mono"_s);
    if (fact.link.isEmpty()) {
        value->setTextFormat(Qt::PlainText);
        value->setText(fact.value);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        return value;
    }
    value->setTextFormat(Qt::RichText);
    value->setText(u"<a href=\"%1\">%2</a>"_s.arg(fact.link.toHtmlEscaped(), fact.value.toHtmlEscaped()));
    value->setTextInteractionFlags(Qt::TextBrowserInteraction);
    connect(value, &QLabel::linkActivated, this, &Facts::linkActivated);
    return value;
}

} // namespace admin
