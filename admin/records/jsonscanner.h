// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayView>
#include <QString>

#include <bitset>

namespace admin {

enum class JsonKind : quint8 {
    End,
    Fault,
    ObjectBegin,
    ObjectEnd,
    ArrayBegin,
    ArrayEnd,
    Key,
    String,
    Number,
    True,
    False,
    Null,
};

/// A piece of a JSON text by its place in bytes; a string with its quotes.
struct JsonToken
{
    JsonKind kind = JsonKind::End;
    qsizetype begin = 0, end = 0;
    bool isScalar() const { return kind >= JsonKind::String; }
};

/// Why a text is not JSON, and where, in bytes.
struct JsonFault
{
    qsizetype offset = -1;
    QString message;
    explicit operator bool() const { return offset >= 0; }
};

/// Reads a JSON text piece by piece, as strictly as the server (RFC 8259, UTF-8, at most 512 levels), and turns nothing
/// into numbers of its own: what is shown and sent on stays as it was written. The text must outlive it.
class JsonScanner
{
public:
    explicit JsonScanner(QByteArrayView text, qsizetype from = 0)
        : m_text(text)
        , m_at(from)
    {
    }

    /// The next piece. After End and Fault the same again.
    JsonToken next();
    /// Reads the value that comes next with all that is in it, and tells its extent; a Fault if it is broken.
    JsonToken nextValue();
    const JsonFault &fault() const { return m_fault; }
    int depth() const { return m_depth; }
    qsizetype position() const { return m_at; }

    static constexpr int deepest = 512;

private:
    enum class Expect : quint8 { Value, ValueOrEnd, KeyOrEnd, Key, Colon, CommaOrEnd, End };

    JsonToken fail(qsizetype at, const QString &message);
    void skipSpace();
    bool step(JsonToken &token);
    bool between(char character, JsonToken &token);
    bool value(char character, JsonToken &token);
    JsonToken open(JsonKind kind);
    JsonToken close(JsonKind kind);
    JsonToken string(JsonKind kind);
    bool stringBytes(qsizetype &at);
    bool escape(qsizetype &at);
    bool utf8(qsizetype &at);
    JsonToken number();
    JsonToken word(const char *word, JsonKind kind);
    JsonToken done(JsonKind kind, qsizetype begin);
    char at(qsizetype index) const { return index < m_text.size() ? m_text[index] : '\0'; }

    QByteArrayView m_text;
    qsizetype m_at;
    Expect m_expect = Expect::Value;
    int m_depth = 0;
    std::bitset<deepest + 1> m_isObject;
    JsonFault m_fault;
};

/// Whether the text is one JSON value, and if not, where it breaks.
JsonFault checkJson(QByteArrayView text);
/// What a string token says: without quotes, escapes undone; at most `longest` characters of it.
QString jsonStringText(QByteArrayView token, qsizetype longest = -1);
/// On one line: white space outside of strings is left out, everything else stays.
QByteArray compactJson(QByteArrayView text);

/// A place in a text for people: both from 1, columns in characters.
struct TextPlace
{
    qsizetype line = 1, column = 1;
};
TextPlace placeOf(QByteArrayView text, qsizetype offset);

} // namespace admin
