// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packagedetail.h"

#include "packages/packagecolumns.h"
#include "packages/packagecontents.h"
#include "ui/badge.h"
#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/facts.h"
#include "ui/iconlabel.h"
#include "ui/icons.h"
#include "ui/tabbar.h"
#include "ui/textblock.h"
#include "ui/times.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QLabel *labelOf(const QString &role, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setProperty("role", role);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

PackageDetail::PackageDetail(QWidget *parent)
    : QFrame(parent)
    , m_title(labelOf(u"heading"_s, this))
    , m_file(labelOf(u"muted"_s, this))
    , m_advice(labelOf(u"muted"_s, this))
    , m_adviceIcon(new IconLabel(u"info"_s, 20, this))
    , m_state(new Badge(this))
    , m_facts(new Facts(this))
    , m_digest(new TextBlock(tr("SHA-256"), this))
    , m_contents(new PackageContents(this))
    , m_tabs(new TabBar(tr("Parts of the package"), this))
    , m_stack(new QStackedWidget(this))
    , m_buttons(new QHBoxLayout)
{
    setProperty("role", u"card"_s);
    setAccessibleName(tr("The package"));
    m_advice->setAccessibleName(tr("How it stands and what to do next"));
    build();
}

void PackageDetail::build()
{
    m_tabs->addTab(tr("Details"));
    m_tabs->addTab(tr("Look inside"));
    m_stack->addWidget(buildFacts());
    m_stack->addWidget(m_contents);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_tabs, &QTabBar::currentChanged, this, &PackageDetail::completed);
    connect(m_contents, &PackageContents::answered, this, &PackageDetail::completed);
    connect(m_facts, &Facts::linkActivated, this,
            [this](const QString &link) { Q_EMIT recordRequested(link.toLongLong()); });
    auto *tabs = new QHBoxLayout;
    tabs->setContentsMargins(18, 0, 18, 0);
    tabs->addWidget(m_tabs, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 14, 1, 1);
    layout->setSpacing(10);
    layout->addLayout(buildHead());
    layout->addLayout(tabs);
    layout->addWidget(m_stack, 1);
}

QLayout *PackageDetail::buildHead()
{
    auto *close = new QToolButton(this);
    close->setIcon(themedIcon(u"close"_s));
    close->setProperty("role", u"flat"_s);
    close->setFocusPolicy(Qt::StrongFocus);
    close->setToolTip(tr("Close the details (Esc)"));
    close->setAccessibleName(tr("Close the details"));
    connect(close, &QToolButton::clicked, this, &PackageDetail::closeRequested);
    m_title->setWordWrap(false);
    auto *upper = new QHBoxLayout;
    upper->setSpacing(10);
    upper->addWidget(m_title);
    upper->addWidget(m_state);
    upper->addStretch();
    upper->addWidget(close);
    m_buttons->setSpacing(8);
    m_buttons->addStretch();
    auto *head = new QVBoxLayout;
    head->setContentsMargins(18, 0, 12, 0);
    head->setSpacing(4);
    head->addLayout(upper);
    head->addWidget(m_file);
    head->addSpacing(6);
    head->addLayout(m_buttons);
    return head;
}

QWidget *PackageDetail::buildFacts()
{
    auto *advice = new QHBoxLayout;
    advice->setSpacing(10);
    advice->addWidget(m_adviceIcon, 0, Qt::AlignTop);
    advice->addWidget(m_advice, 1);
    auto *inner = new QWidget(this);
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(18, 4, 18, 18);
    column->setSpacing(14);
    column->addLayout(advice);
    column->addWidget(m_facts);
    column->addWidget(m_digest);
    column->addStretch();
    auto *scroll = new QScrollArea(this);
    scroll->setProperty("role", u"plain"_s);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(inner);
    scroll->setAccessibleName(tr("Details of the package"));
    return scroll;
}

void PackageDetail::addCommand(Command *command)
{
    m_buttons->insertWidget(m_buttons->count() - 1, new CommandButton(command, CommandButton::Look::Button, this));
}

void PackageDetail::setSession(Session *session)
{
    m_session = session;
    m_id = 0;
    m_sha256.clear();
    m_contents->setSession(session);
}

void PackageDetail::showPackage(const QJsonObject &package)
{
    offer();
    const QString sha256 = package[u"sha256"_s].toString();
    if (m_id == package[u"id"_s].toInteger() && sha256 != m_sha256)
        m_contents->forget();
    m_id = package[u"id"_s].toInteger();
    m_sha256 = sha256;
    m_contents->setPackage(m_id);
    const PackageState state = stateOf(package);
    m_title->setText(tr("Package %1").arg(m_id));
    m_file->setText(package[u"file"_s].toString());
    m_state->set(textOf(state), toneOf(state));
    m_advice->setText(adviceOnPackage(package));
    m_adviceIcon->set(state == PackageState::Verified    ? u"ok"_s
                          : state == PackageState::Fault ? u"error"_s
                                                         : u"info"_s,
                      toneOf(state));
    const auto time = [&](const QString &name, const QString &member) {
        const QDateTime at = timeOf(package[member].toString());
        return Facts::Fact{name, exactTime(at), relativeTime(at)};
    };
    const QString record = package.contains(u"record"_s) ? QString::number(package[u"record"_s].toInteger())
                                                         : QString();
    const qint64 size = package[u"size"_s].toInteger();
    m_facts->set({{tr("Record"), record, tr("Show it in Records"), record},
                  {tr("Size"), tr("%1 (%2 bytes)").arg(sizeText(size), countText(size))},
                  time(tr("Made"), u"created"_s),
                  time(tr("Verified"), u"verified"_s),
                  time(tr("Last checked"), u"checked"_s),
                  {tr("Fault"), package[u"fault"_s].toString()}});
    m_digest->setWrapped(true);
    m_digest->setText(sha256);
}

void PackageDetail::offer()
{
    const bool canLook = m_session && m_session->endpoints().has(u"GET"_s, u"/admin/v1/sips/{id}/entries"_s);
    m_tabs->setTabVisible(1, canLook);
    if (!canLook)
        m_tabs->setCurrentIndex(0);
}

void PackageDetail::showContents(bool shown)
{
    offer();
    if (m_tabs->isTabVisible(1))
        m_tabs->setCurrentIndex(shown ? 1 : 0);
}

bool PackageDetail::isComplete() const { return m_tabs->currentIndex() == 0 || m_contents->isAnswered(); }

} // namespace admin
