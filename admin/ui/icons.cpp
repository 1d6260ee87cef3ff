// SPDX-License-Identifier: GPL-3.0-only
#include "ui/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

using namespace Qt::StringLiterals;

// The linker leaves out what a static library's resources register by themselves. Outside of any namespace, as
// Q_INIT_RESOURCE wants it.
static void registerResources()
{
    Q_INIT_RESOURCE(icons);
    Q_INIT_RESOURCE(ui);
}

namespace admin {

void useResources()
{
    static const bool once = [] {
        registerResources();
        return true;
    }();
    Q_UNUSED(once)
}

namespace {

QString pathOf(const QString &name)
{
    useResources();
    return u":/quoin-admin/icons/"_s + name + u".svg"_s;
}

// Drawings are lines in "currentColor"; the colour is put in when they are painted, so that a change of the theme needs
// no new icons.
class Drawing : public QIconEngine
{
public:
    Drawing(const QString &name, const QColor &color)
        : m_name(name)
        , m_color(color)
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal scale = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        QPixmap picture = pixmap(rect.size() * scale, mode, state);
        picture.setDevicePixelRatio(scale);
        painter->drawPixmap(rect.topLeft(), picture);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State) override
    {
        const QColor color = colorFor(mode);
        const QString key
            = u"admin-icon:%1:%2:%3x%4"_s.arg(m_name, color.name(QColor::HexArgb)).arg(size.width()).arg(size.height());
        QPixmap picture;
        if (!QPixmapCache::find(key, &picture)) {
            picture = draw(size, color);
            QPixmapCache::insert(key, picture);
        }
        return picture;
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        return pixmap(size, mode, state);
    }

    QIconEngine *clone() const override { return new Drawing(*this); }
    QString iconName() override { return m_name; }
    bool isNull() override { return !hasIcon(m_name); }

private:
    QColor colorFor(QIcon::Mode mode) const
    {
        const QPalette palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled)
            return palette.color(QPalette::Disabled, QPalette::WindowText);
        return m_color.isValid() ? m_color : palette.color(QPalette::Active, QPalette::WindowText);
    }

    QPixmap draw(const QSize &size, const QColor &color) const
    {
        QPixmap picture(size);
        picture.fill(Qt::transparent);
        QFile file(pathOf(m_name));
        if (!file.open(QIODevice::ReadOnly))
            return picture;
        QSvgRenderer renderer(file.readAll().replace("currentColor", color.name(QColor::HexRgb).toLatin1()));
        QPainter painter(&picture);
        painter.setOpacity(color.alphaF());
        renderer.render(&painter, QRectF({}, size));
        return picture;
    }

    QString m_name;
    QColor m_color;
};

} // namespace

QIcon themedIcon(const QString &name) { return QIcon(new Drawing(name, {})); }

QIcon themedIcon(const QString &name, const QColor &color) { return QIcon(new Drawing(name, color)); }

QIcon programIcon()
{
    useResources();
    QIcon icon;
    QSvgRenderer renderer(u":/quoin-admin/quoin-admin.svg"_s);
    for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap picture(size, size);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        renderer.render(&painter);
        painter.end();
        icon.addPixmap(picture);
    }
    return icon;
}

bool hasIcon(const QString &name) { return QFile::exists(pathOf(name)); }

} // namespace admin
