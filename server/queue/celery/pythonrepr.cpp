// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/pythonrepr.h"

#include "json/spans.h"
#include "json/text.h"

#include <QString>

#include <algorithm>

namespace quoin::celery {

namespace {

/// As deep as Celery's saferepr() shows things.
constexpr int mostLevels = 3;

void appendHex(QByteArray &text, const char *prefix, uint value, int digits)
{
    text.append(prefix).append(QByteArray::number(value, 16).rightJustified(digits, '0'));
}

void appendCharacter(QByteArray &text, char32_t c, char32_t quote)
{
    if (c == quote || c == U'\\')
        text.append('\\').append(static_cast<char>(c));
    else if (c == U'\n')
        text.append("\\n");
    else if (c == U'\r')
        text.append("\\r");
    else if (c == U'\t')
        text.append("\\t");
    else if (QChar::isPrint(c))
        text.append(QString::fromUcs4(&c, 1).toUtf8());
    else if (c < 0x100)
        appendHex(text, "\\x", c, 2);
    else if (c < 0x10000)
        appendHex(text, "\\u", c, 4);
    else
        appendHex(text, "\\U", c, 8);
}

/// One pass over a JSON text, until enough is shown; then only the open brackets are closed.
class Repr
{
public:
    Repr(QByteArrayView json, qsizetype longest)
        : m_json(json)
        , m_longest(longest)
    {
    }

    void value(int level);
    void sequence(int level, char open, char close, bool isTuple = false);
    QByteArray take() { return std::move(m_text); }

private:
    qsizetype left() const { return std::max<qsizetype>(0, m_longest - m_text.size()); }
    void members(int level, bool isTuple);
    bool next();
    void string();
    void word();

    const QByteArrayView m_json;
    const qsizetype m_longest;
    qsizetype m_at = 0;
    bool m_isCut = false;
    QByteArray m_text;
};

void Repr::value(int level)
{
    m_at = json::behindSpace(m_json, m_at);
    const char first = m_json[m_at];
    if (first == '"')
        string();
    else if (first == '[')
        sequence(level, '[', ']');
    else if (first == '{')
        sequence(level, '{', '}');
    else
        word();
}

void Repr::sequence(int level, char open, char close, bool isTuple)
{
    m_text.append(open);
    if (level == mostLevels) {
        m_at = json::behindValue(m_json, m_at);
        m_text.append("...");
    } else {
        members(level + 1, isTuple);
    }
    m_text.append(close);
}

void Repr::members(int level, bool isTuple)
{
    const bool isObject = m_json[m_at] == '{';
    m_at = json::behindSpace(m_json, m_at + 1);
    int count = 0;
    for (; m_json[m_at] != ']' && m_json[m_at] != '}' && !m_isCut; ++count) {
        if (count > 0)
            m_text.append(", ");
        if (isObject) {
            string();
            if (m_isCut)
                return;
            m_at = json::behindSpace(m_json, m_at) + 1; // behind the colon
            m_text.append(": ");
        }
        value(level);
        if (m_isCut || !next())
            return;
    }
    ++m_at;
    if (isTuple && count == 1)
        m_text.append(',');
}

/// Behind a comma, if there is one. False: there is more, but no room for it.
bool Repr::next()
{
    m_at = json::behindSpace(m_json, m_at);
    if (m_json[m_at] != ',')
        return true;
    m_at = json::behindSpace(m_json, m_at + 1);
    m_isCut = left() == 0;
    if (m_isCut)
        m_text.append(", ...");
    return !m_isCut;
}

void Repr::string()
{
    const qsizetype end = json::behindString(m_json, m_at);
    QString value = json::unquoted(m_json.sliced(m_at, end - m_at));
    m_at = end;
    m_isCut = value.size() > left();
    value.truncate(left());
    m_text.append(pythonStringRepr(value));
    if (m_isCut)
        m_text.insert(m_text.size() - 1, "...");
}

void Repr::word()
{
    const qsizetype end = json::behindValue(m_json, m_at);
    const QByteArrayView text = m_json.sliced(m_at, end - m_at);
    m_at = end;
    m_isCut = text.size() > std::max<qsizetype>(left(), 5);
    if (m_isCut)
        m_text.append(text.first(left())).append("...");
    else if (text == "true")
        m_text.append("True");
    else if (text == "false")
        m_text.append("False");
    else if (text == "null")
        m_text.append("None");
    else
        m_text.append(text);
}

} // namespace

QByteArray pythonRepr(QByteArrayView json, qsizetype longest)
{
    Repr repr(json.trimmed(), longest);
    repr.value(0);
    return repr.take();
}

QByteArray pythonTupleRepr(QByteArrayView array, qsizetype longest)
{
    Repr repr(array.trimmed(), longest);
    repr.sequence(0, '(', ')', true);
    return repr.take();
}

QByteArray pythonStringRepr(QStringView string)
{
    const char quote = string.contains(u'\'') && !string.contains(u'"') ? '"' : '\'';
    QByteArray text(1, quote);
    for (qsizetype at = 0; at < string.size(); ++at) {
        const QChar unit = string[at];
        const bool isPair = unit.isHighSurrogate() && at + 1 < string.size() && string[at + 1].isLowSurrogate();
        const char32_t c = isPair ? QChar::surrogateToUcs4(unit, string[++at]) : unit.unicode();
        appendCharacter(text, c, static_cast<char32_t>(quote));
    }
    return text.append(quote);
}

} // namespace quoin::celery
