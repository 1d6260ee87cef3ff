// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingvalue.h"

#include "settings/listenaddress.h"

#include <QDir>
#include <QRegularExpression>

#include <array>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

struct Unit
{
    QStringView name;
    qint64 factor;
};

constexpr std::array durationUnits{Unit{u"ms", 1}, Unit{u"s", 1000}, Unit{u"min", 60'000}, Unit{u"h", 3'600'000},
                                   Unit{u"d", 86'400'000}};
constexpr std::array sizeUnits{Unit{u"", 1},
                               Unit{u"B", 1},
                               Unit{u"kB", 1000},
                               Unit{u"MB", 1'000'000},
                               Unit{u"GB", 1'000'000'000},
                               Unit{u"KiB", 1 << 10},
                               Unit{u"MiB", 1 << 20},
                               Unit{u"GiB", 1 << 30}};

/// Digits and one of the units; nothing if it is no such text or too large for 64 bits.
template <std::size_t N>
std::optional<qint64> parseWithUnit(const QString &text, const std::array<Unit, N> &units)
{
    static const QRegularExpression form(u"^([0-9]{1,18}) ?([A-Za-z]*)$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;

    const qint64 number = match.captured(1).toLongLong();
    for (const Unit &unit : units) {
        if (unit.name.compare(match.capturedView(2), Qt::CaseInsensitive) != 0)
            continue;
        if (number > std::numeric_limits<qint64>::max() / unit.factor)
            return std::nullopt;
        return number * unit.factor;
    }
    return std::nullopt;
}

std::optional<qint64> parseInteger(const QString &text)
{
    static const QRegularExpression form(u"^-?[0-9]{1,18}$"_s);
    if (!form.match(text).hasMatch())
        return std::nullopt;
    return text.toLongLong();
}

std::optional<bool> parseBoolean(const QString &text)
{
    const QString word = text.toLower();
    if (QStringList{u"true"_s, u"yes"_s, u"on"_s, u"1"_s}.contains(word))
        return true;
    if (QStringList{u"false"_s, u"no"_s, u"off"_s, u"0"_s}.contains(word))
        return false;
    return std::nullopt;
}

std::optional<QString> parseChoice(const QString &text, const QStringList &choices)
{
    for (const QString &choice : choices) {
        if (choice.compare(text, Qt::CaseInsensitive) == 0)
            return choice;
    }
    return std::nullopt;
}

std::optional<QString> parseUrl(const QString &text, const QStringList &schemes)
{
    static const QRegularExpression form(u"^([A-Za-z][A-Za-z0-9+.-]*)://[^\\s]*$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch() || (!schemes.isEmpty() && !schemes.contains(match.captured(1))))
        return std::nullopt;
    return text;
}

std::optional<qint64> parseNumber(const SettingKey &key, const QString &text)
{
    switch (key.type) {
    case SettingType::Duration:
        return text == u"0"_s ? std::optional<qint64>(0) : parseWithUnit(text, durationUnits);
    case SettingType::Size:
        return parseWithUnit(text, sizeUnits);
    default:
        return parseInteger(text);
    }
}

template <class T>
Result<QVariant> orExpected(const SettingKey &key, const std::optional<T> &value)
{
    if (!value)
        return Error::invalid(u"expected %1"_s.arg(expectedForm(key)));
    return QVariant::fromValue(*value);
}

/// ", from 1s to 1h": nothing where the range is the whole one.
QString range(const SettingKey &key)
{
    constexpr qint64 unbounded = std::numeric_limits<qint64>::max();
    const bool isPlain = key.type != SettingType::Integer && key.least == 0;
    if (key.most == unbounded)
        return isPlain ? QString() : u", at least %1"_s.arg(writtenNumber(key.type, key.least));
    return u", from %1 to %2"_s.arg(writtenNumber(key.type, key.least), writtenNumber(key.type, key.most));
}

} // namespace

QString writtenNumber(SettingType type, qint64 number)
{
    const auto write = [number](const auto &units) {
        const Unit *best = &units.front();
        for (const Unit &unit : units) {
            if (unit.factor > best->factor && number % unit.factor == 0)
                best = &unit;
        }
        return QString::number(number / best->factor) + best->name.toString();
    };
    if (number == 0 || type == SettingType::Integer)
        return QString::number(number);
    return type == SettingType::Duration ? write(durationUnits) : write(sizeUnits);
}

QString expectedForm(const SettingKey &key)
{
    switch (key.type) {
    case SettingType::String:
        return u"a text"_s;
    case SettingType::Integer:
        return u"a whole number"_s + range(key);
    case SettingType::Boolean:
        return u"true or false"_s;
    case SettingType::Duration:
        return u"a duration such as 250ms, 30s or 5min"_s + range(key);
    case SettingType::Size:
        return u"a size such as 64KiB, 16MiB or 1048576"_s + range(key);
    case SettingType::Choice:
        return u"one of %1"_s.arg(key.choices.join(u", "_s));
    case SettingType::Url:
        return key.choices.isEmpty() ? u"a URL"_s
                                     : u"a URL that begins with %1://"_s.arg(key.choices.join(u":// or "_s));
    case SettingType::Path:
        return u"a path"_s;
    case SettingType::Addresses:
        return u"an address and a port such as 127.0.0.1:5000 or [::1]:5000, several with commas"_s;
    }
    Q_UNREACHABLE();
}

Result<QVariant> parseSetting(const SettingKey &key, const QString &text)
{
    if (text.isEmpty() && !key.mayBeEmpty)
        return Error::invalid(u"is empty; expected %1"_s.arg(expectedForm(key)));

    switch (key.type) {
    case SettingType::String:
        return QVariant(text);
    case SettingType::Boolean:
        return orExpected(key, parseBoolean(text));
    case SettingType::Choice:
        return orExpected(key, parseChoice(text, key.choices));
    case SettingType::Url:
        return text.isEmpty() ? QVariant(text) : orExpected(key, parseUrl(text, key.choices));
    case SettingType::Path:
        return QVariant(text.isEmpty() ? text : QDir::cleanPath(QDir::current().absoluteFilePath(text)));
    case SettingType::Addresses: {
        if (text.isEmpty())
            return QVariant(text);
        const auto addresses = parseListenAddresses(text);
        return addresses ? Result<QVariant>(QVariant(text)) : Result<QVariant>(addresses.error());
    }
    case SettingType::Integer:
    case SettingType::Duration:
    case SettingType::Size:
        break;
    }
    const auto number = parseNumber(key, text);
    const bool isInRange = number && *number >= key.least && *number <= key.most;
    return orExpected(key, isInRange ? number : std::nullopt);
}

QString withoutPasswords(const QString &text)
{
    // Up to the last '@' of the authority: a password with a raw '@' or '/' in it must not leak its tail.
    static const QRegularExpression credentials(u"(://[^:@/\\s]*):[^\\s]*@"_s);
    QString shown = text;
    return shown.replace(credentials, u"\\1:***@"_s);
}

QString shownSetting(const SettingKey &key, const QString &text)
{
    if (text.isEmpty())
        return text;
    return key.secret ? u"***"_s : withoutPasswords(text);
}

} // namespace quoin::server
