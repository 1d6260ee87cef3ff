// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace admin {

/// The text of a member of a JSON object, byte for byte as it was sent: a number parsed into a double and printed again
/// would be another one. Null if the object has no such member, or is no object.
QByteArray rawMember(QByteArrayView object, QByteArrayView name);

/// A JSON text broken into lines for people. Numbers and strings stay as they are, digit for digit; what is not JSON is
/// given back unchanged.
QString prettyJson(QByteArrayView json);

} // namespace admin
