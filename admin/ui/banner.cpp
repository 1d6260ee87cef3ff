// SPDX-License-Identifier: GPL-3.0-only
#include "ui/banner.h"

#include "ui/iconlabel.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

Banner::Banner(QWidget *parent)
    : QFrame(parent)
    , m_icon(new IconLabel(u"offline"_s, 22, this))
    , m_title(new QLabel(this))
    , m_sentence(new QLabel(this))
    , m_action(new QToolButton(this))
{
    setObjectName(u"banner"_s);
    m_title->setStyleSheet(u"font-weight: 600"_s);
    m_title->setTextFormat(Qt::PlainText);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action->setProperty("role", u"button"_s);
    m_action->setText(tr("Try now"));
    m_action->setFocusPolicy(Qt::StrongFocus);
    connect(m_action, &QToolButton::clicked, this, &Banner::act);
    auto *words = new QVBoxLayout;
    words->setSpacing(1);
    words->addWidget(m_title);
    words->addWidget(m_sentence);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(28, 10, 28, 10);
    layout->setSpacing(14);
    layout->addWidget(m_icon);
    layout->addLayout(words, 1);
    layout->addWidget(m_action);
    m_clock.setInterval(1s); // "next attempt in 4 s"
    connect(&m_clock, &QTimer::timeout, this, &Banner::update);
    hide();
}

void Banner::setSession(Session *session)
{
    if (m_session)
        m_session->reachability().disconnect(this);
    m_session = session;
    if (session)
        connect(&session->reachability(), &Reachability::changed, this, &Banner::update);
    update();
}

QString Banner::text() const { return isHidden() ? QString() : m_title->text() + u' ' + m_sentence->text(); }

void Banner::update()
{
    if (!m_session) {
        hide();
        return;
    }
    const Reachability &reach = m_session->reachability();
    const Problem &problem = reach.problem();
    if (reach.state() == Reachability::State::Offline) {
        const int wait = reach.retryIn();
        const QString when = wait > 0 ? tr("Next attempt in %1 s.").arg(wait) : tr("Trying again now…");
        Problem words = problem;
        words.title.clear();
        show(Tone::Warning, u"offline"_s, problem.title, words.sentence() + u' ' + when, tr("Try now"));
    } else if (reach.state() == Reachability::State::Unauthorized) {
        Problem words = problem;
        words.title.clear();
        show(Tone::Bad, u"key"_s, problem.title, words.sentence(), tr("Enter a token…"));
    } else if (reach.isSlow()) {
        show(Tone::Info, u"clock"_s, tr("Waiting for the server"),
             tr("It takes longer than usual to answer. You can go on working; what is shown may be a little old."), {});
    } else {
        m_clock.stop();
        hide();
    }
}

void Banner::show(Tone tone, const QString &icon, const QString &title, const QString &sentence, const QString &action)
{
    const bool isNews = isHidden() || m_title->text() != title;
    m_tone = tone;
    m_icon->set(icon, tone);
    m_title->setText(title);
    m_sentence->setText(sentence);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setAccessibleName(title + u". "_s + sentence);
    m_clock.start();
    setVisible(true);
    QWidget::update();
    if (isNews) {
        QAccessibleEvent event(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

void Banner::act()
{
    if (!m_session)
        return;
    if (m_session->reachability().state() == Reachability::State::Unauthorized)
        Q_EMIT tokenRequested();
    else
        m_session->reachability().retryNow();
}

void Banner::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Colors &colors = Colors::of(palette());
    painter.fillRect(rect(), softOf(m_tone, colors));
    painter.fillRect(QRect(0, height() - 1, width(), 1), colors.border);
}

} // namespace admin
