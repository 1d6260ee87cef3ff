// SPDX-License-Identifier: GPL-3.0-only
#include "ui/theme.h"

#include "ui/colors.h"
#include "ui/icons.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFile>
#include <QFont>
#include <QMetaEnum>
#include <QPalette>
#include <QSettings>
#include <QStyle>
#include <QStyleFactory>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

// The desktops' common word for "prefers dark":
// https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html
constexpr auto portal = "org.freedesktop.portal.Desktop";
constexpr auto portalPath = "/org/freedesktop/portal/desktop";
constexpr auto portalSettings = "org.freedesktop.portal.Settings";
constexpr auto appearance = "org.freedesktop.appearance";
constexpr auto colorScheme = "color-scheme";

QColor mixed(const QColor &a, const QColor &b, qreal part)
{
    const auto mix = [part](float x, float y) { return static_cast<float>(x * (1 - part) + y * part); };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

QPalette paletteOf(const Colors &colors)
{
    QPalette palette(colors.text, colors.surface, mixed(colors.surface, Qt::white, 0.2),
                     mixed(colors.border, Qt::black, 0.3), colors.border, colors.text, colors.onAccent, colors.surface,
                     colors.window);
    palette.setColor(QPalette::AlternateBase, colors.raised);
    palette.setColor(QPalette::Highlight, colors.accent);
    palette.setColor(QPalette::HighlightedText, colors.onAccent);
    palette.setColor(QPalette::Link, colors.accent);
    palette.setColor(QPalette::LinkVisited, colors.accent);
    palette.setColor(QPalette::PlaceholderText, colors.muted);
    palette.setColor(QPalette::ToolTipBase, colors.raised);
    palette.setColor(QPalette::ToolTipText, colors.text);
    const QColor disabled = mixed(colors.muted, colors.window, 0.45);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::PlaceholderText})
        palette.setColor(QPalette::Disabled, role, disabled);
    return palette;
}

QList<std::pair<QString, QString>> tokensOf(const Colors &colors, qreal points)
{
    const auto size = [points](qreal factor) { return QString::number(points * factor, 'f', 1) + u"pt"_s; };
    const QColor strong = mixed(colors.border, colors.muted, 0.45);
    QList<std::pair<QString, QString>> tokens{
        {u"@window"_s, colors.window.name()},
        {u"@side"_s, mixed(colors.window, colors.raised, colors.isDark ? 0.0 : 0.5).name()},
        {u"@surface"_s, colors.surface.name()},
        {u"@raised"_s, colors.raised.name()},
        {u"@pressed"_s, colors.border.name()},
        {u"@border"_s, colors.border.name()},
        {u"@strong"_s, strong.name()},
        {u"@handle"_s, strong.name()},
        {u"@text"_s, colors.text.name()},
        {u"@muted"_s, colors.muted.name()},
        {u"@disabled"_s, mixed(colors.muted, colors.window, 0.45).name()},
        {u"@accent"_s, colors.accent.name()},
        {u"@accentHover"_s, mixed(colors.accent, colors.isDark ? Qt::white : Qt::black, 0.12).name()},
        {u"@onAccent"_s, colors.onAccent.name()},
        {u"@accentSoft"_s, colors.accentSoft.name()},
        {u"@arrow"_s, colors.isDark ? u"arrow-dark.png"_s : u"arrow-light.png"_s},
        {u"@good"_s, colors.good.name()},
        {u"@warning"_s, colors.warning.name()},
        {u"@bad"_s, colors.bad.name()},
        {u"@badHover"_s, mixed(colors.bad, Qt::black, 0.12).name()},
        {u"@badSoft"_s, colors.badSoft.name()},
        {u"@onBad"_s, QColor(colors.isDark ? 0x2a0d0b : 0xffffff).name()},
        {u"@titlept"_s, size(1.6)},
        {u"@headingpt"_s, size(1.15)},
        {u"@figurept"_s, size(1.75)},
        {u"@captionpt"_s, size(0.9)},
    };
    // "@accentSoft" before "@accent".
    std::ranges::sort(tokens, [](const auto &a, const auto &b) { return a.first.size() > b.first.size(); });
    return tokens;
}

} // namespace

Theme::Theme(QObject *parent)
    : QObject(parent)
{
    const QByteArray saved = QSettings().value(u"theme"_s).toString().toLatin1();
    m_choice = static_cast<Choice>(std::max(0, QMetaEnum::fromType<Choice>().keyToValue(saved.constData())));
    // Before we dress it, the application wears what the desktop's platform plugin gave it.
    m_desktopIsDark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    apply();
    askDesktop();
}

void Theme::choose(Choice choice)
{
    m_choice = choice;
    QSettings().setValue(u"theme"_s, QString::fromLatin1(QMetaEnum::fromType<Choice>().valueToKey(int(choice))));
    apply();
}

bool Theme::isDark() const { return m_choice == Choice::Dark || (m_choice == Choice::Desktop && m_desktopIsDark); }

void Theme::dress(bool isDark)
{
    const Colors &colors = isDark ? Colors::dark() : Colors::light();
    if (QApplication::style()->objectName() != u"fusion"_s)
        QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    QApplication::setPalette(paletteOf(colors));
    useResources();
    QFile file(u":/quoin-admin/style.qss"_s);
    if (!file.open(QIODevice::ReadOnly))
        return;
    QString sheet = QString::fromUtf8(file.readAll());
    const QFont font = QApplication::font();
    const auto tokens = tokensOf(colors, font.pointSizeF() > 0 ? font.pointSizeF() : 10.0);
    for (const auto &[token, value] : tokens)
        sheet.replace(token, value);
    qApp->setStyleSheet(sheet);
}

void Theme::apply()
{
    dress(isDark());
    Q_EMIT changed();
}

void Theme::askDesktop()
{
    auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(QString::fromLatin1(portal), QString::fromLatin1(portalPath), QString::fromLatin1(portalSettings),
                u"SettingChanged"_s, this, SLOT(desktopChanged(QString, QString, QDBusVariant)));
    auto call = QDBusMessage::createMethodCall(QString::fromLatin1(portal), QString::fromLatin1(portalPath),
                                               QString::fromLatin1(portalSettings), u"Read"_s);
    call << QString::fromLatin1(appearance) << QString::fromLatin1(colorScheme);
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(call, 5000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher *done) {
        done->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *done;
        if (reply.isValid())
            desktopChanged(QString::fromLatin1(appearance), QString::fromLatin1(colorScheme), reply.value());
    });
}

void Theme::desktopChanged(const QString &space, const QString &key, const QDBusVariant &value)
{
    if (space != QLatin1StringView(appearance) || key != QLatin1StringView(colorScheme))
        return;
    QVariant inner = value.variant(); // Read() wraps it twice
    if (inner.canConvert<QDBusVariant>())
        inner = inner.value<QDBusVariant>().variant();
    const bool isDark = inner.toUInt() == 1;
    if (std::exchange(m_desktopIsDark, isDark) != isDark && m_choice == Choice::Desktop)
        apply();
}

} // namespace admin
