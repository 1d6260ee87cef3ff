// SPDX-License-Identifier: GPL-3.0-only
#include "ui/toast.h"

#include "ui/colors.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

Toast::Toast(QWidget *parent)
    : QWidget(parent)
    , m_label(new QLabel(this))
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setWordWrap(true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(18, 11, 18, 11);
    layout->addWidget(m_label);
    m_life.setSingleShot(true);
    connect(&m_life, &QTimer::timeout, this, &QWidget::hide);
    parent->installEventFilter(this);
    hide();
}

void Toast::say(const QString &sentence)
{
    // The opposite of the window, so that it is seen.
    const Colors &other = Colors::of(palette()).isDark ? Colors::light() : Colors::dark();
    m_label->setStyleSheet(u"color: "_s + other.text.name());
    m_label->setText(sentence);
    setAccessibleName(sentence);
    place();
    show();
    raise();
    m_life.start(3s + sentence.size() * 40ms); // who reads slowly
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

QString Toast::text() const { return m_label->text(); }

bool Toast::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && isVisible())
        place();
    return QWidget::eventFilter(watched, event);
}

void Toast::paintEvent(QPaintEvent *)
{
    const Colors &other = Colors::of(palette()).isDark ? Colors::light() : Colors::dark();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(other.raised);
    painter.drawRoundedRect(rect(), 10, 10);
}

void Toast::place()
{
    const QSize room = parentWidget()->size();
    const int wish = m_label->fontMetrics().horizontalAdvance(m_label->text()) + 48;
    const int width = std::min(wish, std::max(200, room.width() - 80));
    resize(width, heightForWidth(width) > 0 ? heightForWidth(width) : sizeHint().height());
    move((room.width() - width) / 2, room.height() - height() - 28);
}

} // namespace admin
