// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QAction>
#include <QString>

namespace admin {

/// Something the user can do: one action behind a button, a menu, a shortcut and the palette. It knows why it cannot be
/// done at the moment, and says so in its tooltip.
class Command : public QAction
{
    Q_OBJECT

public:
    enum class Effect {
        Looks,   ///< reads, or changes only what this window shows
        Changes, ///< changes something on the server: not possible on a read-only connection
    };

    /// `id` is stable: "tasks.retry". `text` is an imperative: "Retry". `icon` is a name of icons.h, or empty.
    Command(const QString &id, const QString &text, const QString &icon, Effect effect, QObject *parent);

    const QString &id() const { return m_id; }
    Effect effect() const { return m_effect; }
    /// Other words somebody may type into the palette to find it.
    const QString &keywords() const { return m_keywords; }
    void setKeywords(const QString &keywords) { m_keywords = keywords; }
    /// One sentence for the tooltip while it is possible; the shortcut is added.
    void setHelp(const QString &help);
    /// Whether it makes sense now; if not, why: "Select a task first". Use this and not setEnabled().
    void setPossible(bool possible, const QString &whyNot = {});
    /// By the window, for all commands of all pages.
    void setReadOnly(bool readOnly);
    /// Why it is disabled; empty if it is not.
    QString whyNot() const;

private:
    void update();

    QString m_id, m_keywords, m_help, m_whyNot;
    Effect m_effect;
    bool m_isPossible = true, m_isReadOnly = false;
};

} // namespace admin
