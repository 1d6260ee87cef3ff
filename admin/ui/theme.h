// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QObject>
#include <QString>

class QDBusVariant;

namespace admin {

/// Light or dark for the whole program: as the desktop has it, or as the user chose. One of these lives as long as the
/// application.
class Theme : public QObject
{
    Q_OBJECT

public:
    enum class Choice { Desktop, Light, Dark };
    Q_ENUM(Choice)

    /// Reads the choice from the settings, asks the desktop, and dresses the application.
    explicit Theme(QObject *parent = nullptr);

    Choice choice() const { return m_choice; }
    /// Kept in the settings.
    void choose(Choice choice);
    bool isDark() const;
    /// For a program that only takes pictures: no settings are read or written.
    static void dress(bool isDark);

Q_SIGNALS:
    /// Everything is dressed anew; QEvent::PaletteChange came to every widget before.
    void changed();

private:
    void askDesktop();
    void apply();

private Q_SLOTS:
    void desktopChanged(const QString &space, const QString &key, const QDBusVariant &value);

private:
    Choice m_choice = Choice::Desktop;
    bool m_desktopIsDark = false;
};

} // namespace admin
