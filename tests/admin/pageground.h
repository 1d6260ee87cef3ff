// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "ui/page.h"
#include "ui/theme.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QTest>

namespace admin {

/// What tests of pages share: a page in a window, what it asks, and pictures of it.
inline Connection connectionTo(const QUrl &url, bool isReadOnly = false)
{
    Connection connection;
    connection.name = QStringLiteral("Test");
    connection.url = url;
    connection.isReadOnly = isReadOnly;
    return connection;
}

inline void show(Page &page, Session &session, const QSize &size = {1180, 780})
{
    page.resize(size);
    page.setSession(&session);
    for (Command *command : page.commands())
        command->setReadOnly(session.isReadOnly());
    page.show();
    page.activated();
    session.start();
}

/// The question that is asked at the moment; null without one.
inline QDialog *questionOver(QWidget &page)
{
    for (auto *dialog : page.findChildren<QDialog *>(QStringLiteral("confirm"))) {
        if (dialog->isVisible())
            return dialog;
    }
    return nullptr;
}

inline QAbstractButton *answerOf(QDialog *question)
{
    return question->findChild<QAbstractButton *>(QStringLiteral("confirmAction"));
}

inline Command *commandOf(const Page &page, const QString &id)
{
    for (Command *command : page.commands()) {
        if (command->id() == id)
            return command;
    }
    return nullptr;
}

/// Controls that a screen reader has no word for.
inline QStringList namelessControls(const QWidget &page)
{
    QStringList nameless;
    for (const auto *widget : page.findChildren<QWidget *>()) {
        const auto *button = qobject_cast<const QAbstractButton *>(widget);
        const bool isControl = button || qobject_cast<const QLineEdit *>(widget)
            || qobject_cast<const QComboBox *>(widget) || qobject_cast<const QAbstractItemView *>(widget);
        if (!isControl || widget->inherits("QComboBoxListView")
            || widget->objectName().startsWith(QStringLiteral("qt_")) || widget->focusPolicy() == Qt::NoFocus)
            continue;
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
        if ((!interface || interface->text(QAccessible::Name).isEmpty())
            && !(qobject_cast<const QComboBox *>(widget->parentWidget())
                 || widget->parentWidget()->inherits("QAbstractSpinBox")))
            nameless << QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->objectName();
    }
    return nameless;
}

/// To look at: $QUOIN_PICTURES/NAME-light.png and NAME-dark.png, where that folder is told.
inline void takePictures(QWidget &page, const QString &name)
{
    const QString folder = qEnvironmentVariable("QUOIN_PICTURES");
    if (folder.isEmpty())
        return;
    for (const bool isDark : {false, true}) {
        Theme::dress(isDark);
        QTest::qWait(50);
        page.grab().save(
            QDir(folder).filePath(name + (isDark ? QStringLiteral("-dark.png") : QStringLiteral("-light.png"))));
    }
    Theme::dress(false);
}

} // namespace admin
