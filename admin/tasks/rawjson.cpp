// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/rawjson.h"

namespace admin {

namespace {

constexpr int deepest = 500;        ///< nested deeper, it is shown as it is
constexpr qsizetype shortLine = 72; ///< a list that fits into this is not broken

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Walks over the values of a text. It trusts brackets and quotes only, which is enough to find where a value ends.
class Walker
{
public:
    explicit Walker(QByteArrayView text)
        : m_text(text)
    {
        skipSpace();
    }

    bool isAtEnd() const { return m_at >= m_text.size(); }
    char here() const { return isAtEnd() ? '\0' : m_text[m_at]; }
    bool take(char c)
    {
        if (here() != c)
            return false;
        ++m_at;
        skipSpace();
        return true;
    }

    /// A string, a number or a word; empty if there is none.
    QByteArrayView scalar()
    {
        const auto first = m_at;
        if (here() == '"') {
            for (++m_at; !isAtEnd() && here() != '"'; ++m_at) {
                if (here() == '\\')
                    ++m_at;
            }
            if (isAtEnd())
                return {};
            ++m_at;
        } else {
            while (!isAtEnd() && !isSpace(here()) && QByteArrayView("{}[],:\"").indexOf(here()) < 0)
                ++m_at;
        }
        return ended(first);
    }

    /// Any value, whole; empty if it is broken.
    QByteArrayView value()
    {
        if (here() != '{' && here() != '[')
            return scalar();
        const auto first = m_at;
        int depth = 0;
        do {
            const char c = here();
            if (c == '"' || QByteArrayView("{}[],:").indexOf(c) < 0) {
                if (scalar().isEmpty())
                    return {};
                continue;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            ++m_at;
            if (depth > 0)
                skipSpace();
        } while (depth > 0 && !isAtEnd());
        return depth == 0 ? ended(first) : QByteArrayView();
    }

private:
    QByteArrayView ended(qsizetype first)
    {
        const auto found = m_text.sliced(first, m_at - first);
        skipSpace();
        return found;
    }
    void skipSpace()
    {
        while (!isAtEnd() && isSpace(here()))
            ++m_at;
    }

    QByteArrayView m_text;
    qsizetype m_at = 0;
};

/// Lines with two spaces for each level.
class Printer
{
public:
    explicit Printer(QByteArrayView text)
        : m_in(text)
    {
    }
    bool print() { return value(0) && m_in.isAtEnd(); }
    const QByteArray &text() const { return m_out; }

private:
    bool value(int depth)
    {
        if (depth > deepest)
            return false;
        if (m_in.here() == '{')
            return list('{', '}', depth);
        if (m_in.here() == '[')
            return list('[', ']', depth);
        const auto scalar = m_in.scalar();
        m_out += scalar;
        return !scalar.isEmpty();
    }

    bool list(char open, char close, int depth)
    {
        const auto first = m_out.size();
        m_in.take(open);
        m_out += open;
        bool isNested = false, isEmpty = true;
        for (; !m_in.take(close); isEmpty = false) {
            if (!isEmpty && !m_in.take(','))
                return false;
            m_out += isEmpty ? "" : ",";
            newLine(depth + 1);
            if (open == '{' && !name())
                return false;
            isNested = isNested || m_in.here() == '{' || m_in.here() == '[';
            if (!value(depth + 1))
                return false;
        }
        if (!isEmpty)
            newLine(depth);
        m_out += close;
        if (!isNested)
            shorten(first, depth);
        return true;
    }

    bool name()
    {
        const auto scalar = m_in.scalar();
        m_out += scalar;
        m_out += ": ";
        return scalar.startsWith('"') && m_in.take(':');
    }

    // A line break inside a string is written \n in JSON, so that all those here are ours.
    void shorten(qsizetype first, int depth)
    {
        QByteArray line = m_out.sliced(first);
        line.replace('\n' + QByteArray(2 * depth + 2, ' '), " ").replace('\n' + QByteArray(2 * depth, ' '), " ");
        if (line.startsWith("[ "))
            line = '[' + line.mid(2, line.size() - 4) + ']';
        if (line.size() <= shortLine)
            m_out.replace(first, m_out.size() - first, line);
    }

    void newLine(int depth) { m_out += '\n' + QByteArray(2 * depth, ' '); }

    Walker m_in;
    QByteArray m_out;
};

} // namespace

QByteArray rawMember(QByteArrayView object, QByteArrayView name)
{
    Walker walker(object);
    if (!walker.take('{'))
        return {};
    do {
        const auto key = walker.scalar();
        if (!key.startsWith('"') || !walker.take(':'))
            return {};
        const auto value = walker.value();
        if (value.isEmpty())
            return {};
        if (key.sliced(1, key.size() - 2) == name)
            return value.toByteArray();
    } while (walker.take(','));
    return {};
}

QString prettyJson(QByteArrayView json)
{
    Printer printer(json);
    return QString::fromUtf8(printer.print() ? QByteArrayView(printer.text()) : json);
}

} // namespace admin
