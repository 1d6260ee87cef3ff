// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packagecolumns.h"

#include "ui/times.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin", text); }

QVariant muted(const QJsonObject &, int role) { return role == MutedRole ? QVariant(true) : QVariant(); }

Column timeColumn(const QString &member, const QString &title)
{
    return {member,
            title,
            [member](const QJsonObject &package) { return relativeTime(timeOf(package[member].toString())); },
            [member](const QJsonObject &package, int role) {
                if (role == Qt::ToolTipRole)
                    return QVariant(exactTime(timeOf(package[member].toString())));
                return muted(package, role);
            },
            Qt::AlignLeft | Qt::AlignVCenter,
            120};
}

Column stateColumn()
{
    return {u"state"_s,
            tr("State"),
            [](const QJsonObject &package) { return textOf(stateOf(package)); },
            [](const QJsonObject &package, int role) {
                if (role == Qt::ToolTipRole)
                    return QVariant(adviceOnPackage(package).toHtmlEscaped());
                return role == ToneRole ? QVariant(int(toneOf(stateOf(package)))) : QVariant();
            },
            Qt::AlignLeft | Qt::AlignVCenter,
            120};
}

QString numberIn(const QJsonObject &package, const QString &member)
{
    return package.contains(member) ? QString::number(package[member].toInteger()) : QString();
}

} // namespace

QList<Column> packageColumns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    return {
        {u"id"_s, tr("Id"), [](const QJsonObject &p) { return numberIn(p, u"id"_s); }, muted, right, 84},
        {u"file"_s, tr("File"), [](const QJsonObject &p) { return p[u"file"_s].toString(); }, {}, left, 230},
        stateColumn(),
        timeColumn(u"checked"_s, tr("Last checked")),
        {u"record"_s, tr("Record"), [](const QJsonObject &p) { return numberIn(p, u"record"_s); }, muted, right, 84},
        {u"size"_s, tr("Size"), [](const QJsonObject &p) { return sizeText(p[u"size"_s].toInteger()); },
         [](const QJsonObject &p, int role) {
             if (role == Qt::ToolTipRole)
                 return QVariant(tr("%1 bytes").arg(countText(p[u"size"_s].toInteger())));
             return muted(p, role);
         },
         right, 100},
        timeColumn(u"created"_s, tr("Made")),
        {u"sha256"_s, tr("SHA-256"), [](const QJsonObject &p) { return p[u"sha256"_s].toString(); },
         [](const QJsonObject &p, int role) { return role == MonospaceRole ? QVariant(true) : muted(p, role); }, left,
         160},
    };
}

PackageState stateOf(const QJsonObject &package)
{
    if (!package[u"fault"_s].toString().isEmpty())
        return PackageState::Fault;
    return package[u"verified"_s].toString().isEmpty() ? PackageState::Unverified : PackageState::Verified;
}

QString textOf(PackageState state)
{
    return state == PackageState::Verified ? tr("Verified")
        : state == PackageState::Fault     ? tr("Fault")
                                           : tr("Unverified");
}

Tone toneOf(PackageState state)
{
    return state == PackageState::Verified ? Tone::Good : state == PackageState::Fault ? Tone::Bad : Tone::Warning;
}

QString adviceOnPackage(const QJsonObject &package)
{
    switch (stateOf(package)) {
    case PackageState::Fault:
        return package[u"fault"_s].toString()
            + tr(". Restore the file from a copy and verify it again, or archive its record again.");
    case PackageState::Unverified:
        return tr(
            "Nobody has read it again since it was made. Verify it to be sure that the disk has what was written.");
    case PackageState::Verified:
        return tr("Every byte was as it was made when it was last read, %1.")
            .arg(relativeTime(timeOf(package[u"verified"_s].toString())));
    }
    return {};
}

} // namespace admin
