// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/storable.h"

#include <QCryptographicHash>

namespace quoin::celery {

using namespace Qt::StringLiterals;

QString storableText(const QString &text, qsizetype longest)
{
    QString whole = text.left(longest);
    for (qsizetype i = 0; i < whole.size(); ++i) {
        const bool isPair = whole[i].isHighSurrogate() && i + 1 < whole.size() && whole[i + 1].isLowSurrogate();
        if (isPair)
            ++i;
        else if (whole[i].isSurrogate() || whole[i].isNull())
            whole[i] = QChar(QChar::ReplacementCharacter);
    }
    return whole;
}

QString storableMessage(const QString &id)
{
    constexpr qsizetype longest = 200;
    // QSQLITE reads U+FFFE and U+FFFF as U+FFFD.
    const bool isPlain = !id.contains(QChar(0xFFFE)) && !id.contains(QChar(0xFFFF)) && storableText(id) == id;
    if (!id.isEmpty() && id.size() <= longest && isPlain)
        return id;
    // The bytes as they are in memory: toUtf8() makes one text of several that are not Unicode.
    const QByteArray bytes(reinterpret_cast<const char *>(id.constData()),
                           id.size() * static_cast<qsizetype>(sizeof(QChar)));
    return u"sha256:"_s + QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
}

QByteArray quoted(const QByteArray &utf8)
{
    QByteArray text;
    text.reserve(utf8.size() + utf8.size() / 4 + 2);
    text += '"';
    for (const char c : utf8) {
        if (c == '"' || c == '\\')
            text += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            text += "\\u00" + QByteArray::number(static_cast<int>(c), 16).rightJustified(2, '0');
        else
            text += c;
    }
    return text += '"';
}

} // namespace quoin::celery
