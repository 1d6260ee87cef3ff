// SPDX-License-Identifier: GPL-3.0-only
#include "records/packagelist.h"

#include "ui/badge.h"
#include "ui/icons.h"
#include "ui/times.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

Badge *stateBadge(const QJsonObject &package, QWidget *parent)
{
    const QString fault = package[u"fault"_s].toString();
    const bool isVerified = !package[u"verified"_s].toString().isEmpty();
    auto *badge = !fault.isEmpty() ? new Badge(PackageList::tr("fault"), Tone::Bad, parent)
        : isVerified               ? new Badge(PackageList::tr("verified"), Tone::Good, parent)
                                   : new Badge(PackageList::tr("not verified"), Tone::Neutral, parent);
    badge->setToolTip(!fault.isEmpty() ? fault : exactTime(timeOf(package[u"verified"_s].toString())));
    return badge;
}

QToolButton *button(const QString &text, const QString &icon, const QString &accessibleName, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setText(text);
    button->setIcon(themedIcon(icon));
    button->setAccessibleName(accessibleName);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setProperty("role", u"button"_s);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

QLabel *label(const QString &text, const QString &role, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setProperty("role", role);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

PackageList::PackageList(QWidget *parent)
    : QScrollArea(parent)
{
    setProperty("role", u"plain"_s);
    setWidgetResizable(true);
    setFrameShape(NoFrame);
    setAccessibleName(tr("Packages of the record"));
    auto *inner = new QWidget(this);
    m_layout = new QVBoxLayout(inner);
    m_layout->setContentsMargins(0, 0, 4, 0);
    m_layout->setSpacing(10);
    m_layout->addStretch();
    setWidget(inner);
}

void PackageList::setSession(Session *session)
{
    m_session = session;
    setRecord(0);
}

void PackageList::setRecord(qint64 id)
{
    m_record = id;
    m_shown.clear();
    m_count = -1;
    delete m_reply;
    empty();
    Q_EMIT countChanged();
    refresh();
}

void PackageList::refresh()
{
    if (m_record == 0 || !m_session || m_reply)
        return;
    m_reply = m_session->api().get(u"/record/%1/sips"_s.arg(m_record), {}, this);
    m_reply->then(this, [this](const ApiReply &reply) { take(reply); });
}

void PackageList::empty()
{
    while (m_layout->count() > 1) {
        QLayoutItem *item = m_layout->takeAt(0);
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
}

void PackageList::take(const ApiReply &reply)
{
    m_reply = nullptr;
    if (!reply.isOk()) {
        if (m_count < 0)
            showSentence(reply.problem().sentence());
        return;
    }
    if (reply.bytes() == std::exchange(m_shown, reply.bytes()))
        return; // nothing moves under the mouse without a reason
    showPackages(reply.results());
}

void PackageList::showPackages(const QJsonArray &packages)
{
    empty();
    m_count = static_cast<int>(packages.size());
    // The newest first.
    for (int i = m_count - 1; i >= std::max(0, m_count - mostShown); --i)
        m_layout->insertWidget(m_layout->count() - 1, card(packages[i].toObject()));
    if (m_count == 0)
        showSentence(tr("No package yet. It is made by a task soon after the record is stored."));
    if (m_count > mostShown) {
        auto *all = button(tr("All %1 packages").arg(m_count), u"packages"_s, tr("All packages of this record"), this);
        connect(all, &QToolButton::clicked, this, [this] { Q_EMIT allRequested(m_record); });
        m_layout->insertWidget(m_layout->count() - 1, all);
    }
    Q_EMIT countChanged();
}

void PackageList::showSentence(const QString &sentence)
{
    empty();
    m_layout->insertWidget(0, label(sentence, u"muted"_s, this));
}

QWidget *PackageList::card(const QJsonObject &package)
{
    const qint64 id = package[u"id"_s].toInteger();
    const QString file = package[u"file"_s].toString(), name = file.section(u'/', -1);
    auto *card = new QFrame(this);
    card->setProperty("role", u"card"_s);
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(14, 12, 14, 12);
    layout->setSpacing(6);
    auto *top = new QHBoxLayout;
    top->addWidget(label(name, u"mono"_s, card), 1);
    top->addWidget(stateBadge(package, card), 0, Qt::AlignTop);
    layout->addLayout(top);
    const QDateTime created = timeOf(package[u"created"_s].toString());
    auto *facts = label(tr("%1 · made %2").arg(sizeText(package[u"size"_s].toInteger()), relativeTime(created)),
                        u"muted"_s, card);
    facts->setToolTip(exactTime(created) + u"\nSHA-256 "_s + package[u"sha256"_s].toString());
    layout->addWidget(facts);
    if (const QString fault = package[u"fault"_s].toString(); !fault.isEmpty())
        layout->addWidget(label(fault, u"bad"_s, card));
    auto *actions = new QHBoxLayout;
    auto *open = button(tr("Open"), u"packages"_s, tr("Open package %1").arg(id), card);
    auto *save = button(tr("Download…"), u"save"_s, tr("Download package %1").arg(id), card);
    connect(open, &QToolButton::clicked, this, [this, id] { Q_EMIT openRequested(id); });
    connect(save, &QToolButton::clicked, this, [this, id, name] { Q_EMIT downloadRequested(id, name); });
    actions->addWidget(open);
    actions->addWidget(save);
    actions->addStretch();
    layout->addLayout(actions);
    return card;
}

} // namespace admin
