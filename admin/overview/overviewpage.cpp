// SPDX-License-Identifier: GPL-3.0-only
#include "overview/overviewpage.h"

#include "ui/pageheader.h"

#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

OverviewPage::OverviewPage(QWidget *parent)
    : Page(parent)
{
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(new PageHeader(title(), this));
    layout->addStretch();
}

QString OverviewPage::id() const { return u"overview"_s; }

QString OverviewPage::title() const { return tr("Overview"); }

QString OverviewPage::iconName() const { return u"overview"_s; }

bool OverviewPage::isOffered(const Endpoints &endpoints) const
{
    return endpoints.exists(u"GET"_s, u"/admin/v1/server"_s);
}

void OverviewPage::setSession(Session *session) { m_session = session; }

} // namespace admin
