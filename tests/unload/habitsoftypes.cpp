// SPDX-License-Identifier: GPL-3.0-only
#include "habitlist.h"

#include <QCoreApplication>

struct Parcel
{
    QString content;
};

namespace {

/// Sends parcels to itself.
class Sender : public QObject
{
    Q_OBJECT

Q_SIGNALS:
    void sent(const Parcel &parcel);
};

void keepVariant(QObject *, Kept &kept) { kept.variant = QVariant::fromValue(Parcel{QString::number(1)}); }
void registerType(QObject *, Kept &) { qRegisterMetaType<Parcel>("Parcel"); }

void queueStruct(QObject *, Kept &kept)
{
    Sender sender;
    QObject::connect(
        &sender, &Sender::sent, &sender, [&kept](const Parcel &) { ++kept.ran; }, Qt::QueuedConnection);
    Q_EMIT sender.sent(Parcel{QString::number(1)});
    QCoreApplication::processEvents();
}

void unregisterType(QObject *self, Kept &)
{
    qRegisterMetaType<Parcel>("Parcel");
    // What a plugin would do when it is stopped.
    QObject::connect(self, &QObject::destroyed, [] { QMetaType::unregisterMetaType(QMetaType::fromType<Parcel>()); });
}

void registerConverter(QObject *, Kept &kept)
{
    QMetaType::registerConverter<Delivery, QString>([&kept](const Delivery &delivery) {
        ++kept.ran;
        return QString::number(delivery.number);
    });
}

} // namespace

HabitList habitsOfTypes()
{
    return {
        {"variant", keepVariant},         {"registered type", registerType},
        {"queued struct", queueStruct},   {"unregistered type", unregisterType},
        {"converter", registerConverter},
    };
}

#include "habitsoftypes.moc"
