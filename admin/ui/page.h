// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "ui/command.h"

#include <QList>
#include <QPointer>
#include <QWidget>

class QDropEvent;

namespace admin {

/// One page of the window. It is made once and shows one server after the other.
class Page : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// Stable and short, for settings and file names: "records".
    virtual QString id() const = 0;
    /// In the side bar and at the head of the page: "Records".
    virtual QString title() const = 0;
    /// A name of icons.h.
    virtual QString iconName() const = 0;
    /// Whether the server offers what this page is about; else it is not in the side bar. Asked again when the server
    /// changes.
    virtual bool isOffered(const Endpoints &endpoints) const = 0;
    /// Another server, or none (null): let go of everything that belongs to the one before. Connect with `this` as
    /// context and disconnect here; replies that have the page as parent must be dropped too.
    virtual void setSession(Session *session) = 0;
    /// What can be done here, for the palette, shortcuts and read-only. Shortcuts hold while the page is shown.
    virtual QList<Command *> commands() const { return {}; }
    /// A number beside the title in the side bar, such as that of failed tasks; 0 shows none.
    virtual int badge() const { return 0; }
    /// Whether what is shown is complete, for a picture of it (see ready()).
    virtual bool isReady() const { return true; }

    /// The page is shown now, or no longer: only what is seen needs to be fetched.
    virtual void activated() { }
    virtual void deactivated() { }
    /// F5, beside Session::refresh(): for what is not fetched anew because something may be new.
    virtual void refresh() { }

Q_SIGNALS:
    /// isReady() became true.
    void ready();
    void badgeChanged();
    /// "Show me this there": "records", {"id": 17}. The window takes care of it (see open()).
    void openRequested(const QString &page, const QJsonObject &what);
    /// A short sentence for the user that something was done; it goes away by itself.
    void notice(const QString &sentence);

public:
    /// Shows what another page asked for: {"id": 17} of this page's kind, {"record": 17} for what belongs to it.
    virtual void open(const QJsonObject &) { }
};

} // namespace admin
