// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/sqlwords.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

bool isNameStart(QChar c) { return c.isLetter() || c == u'_'; }
bool isNamePart(QChar c) { return c.isLetterOrNumber() || c == u'_' || c == u'$'; }

class Scanner
{
public:
    explicit Scanner(QStringView sql)
        : m_sql(sql)
    {
    }

    QList<SqlStatement> statements();

private:
    QChar at(qsizetype place) const { return place < m_sql.size() ? m_sql[place] : QChar(); }
    bool skipComment();
    void takeQuoted(QChar close, SqlWord::Kind kind, bool hasBackslashes = false);
    bool takeDollarQuoted();
    void takeName();
    void takeSign();
    void takeNext();
    void add(SqlWord::Kind kind, const QString &text) { m_current.append({kind, text, m_depth}); }
    void endStatement();

    const QStringView m_sql;
    qsizetype m_place = 0;
    int m_depth = 0;
    SqlStatement m_current;
    QList<SqlStatement> m_statements;
};

QList<SqlStatement> Scanner::statements()
{
    while (m_place < m_sql.size())
        takeNext();
    endStatement();
    return m_statements;
}

void Scanner::takeNext()
{
    const QChar c = at(m_place);
    if (c.isSpace())
        ++m_place;
    else if (skipComment() || takeDollarQuoted())
        return;
    else if (c == u'\'')
        takeQuoted(c, SqlWord::Kind::Text);
    else if (c.toLower() == u'e' && at(m_place + 1) == u'\'') // PostgreSQL, section 4.1.2.2
        ++m_place, takeQuoted(u'\'', SqlWord::Kind::Text, true);
    else if (c == u'"' || c == u'`')
        takeQuoted(c, SqlWord::Kind::Quoted);
    else if (isNameStart(c))
        takeName();
    else
        takeSign();
}

/// SQLite does not nest block comments, PostgreSQL does. What only one of them runs is looked at.
bool Scanner::skipComment()
{
    const bool isLine = at(m_place) == u'-' && at(m_place + 1) == u'-';
    const bool isBlock = at(m_place) == u'/' && at(m_place + 1) == u'*';
    if (!isLine && !isBlock)
        return false;
    const qsizetype end = isLine ? m_sql.indexOf(u'\n', m_place) : m_sql.indexOf(u"*/", m_place + 2);
    m_place = end < 0 ? m_sql.size() : end + (isLine ? 1 : 2);
    return true;
}

/// A doubled quote stands for one.
void Scanner::takeQuoted(QChar close, SqlWord::Kind kind, bool hasBackslashes)
{
    QString text;
    for (++m_place; m_place < m_sql.size(); ++m_place) {
        if (hasBackslashes && at(m_place) == u'\\')
            ++m_place;
        else if (at(m_place) == close && at(++m_place) != close)
            break;
        text += at(m_place);
    }
    add(kind, text);
}

/// $$text$$ and $name$text$name$ of PostgreSQL, section 4.1.2.4. "$1" is a parameter.
bool Scanner::takeDollarQuoted()
{
    if (at(m_place) != u'$' || at(m_place + 1).isDigit())
        return false;
    const qsizetype tagEnd = m_sql.indexOf(u'$', m_place + 1);
    if (tagEnd < 0)
        return false;
    const QStringView tag = m_sql.sliced(m_place, tagEnd - m_place + 1);
    if (!std::all_of(tag.begin(), tag.end(), isNamePart))
        return false;
    const qsizetype end = m_sql.indexOf(tag, tagEnd + 1);
    add(SqlWord::Kind::Text, m_sql.sliced(tagEnd + 1, (end < 0 ? m_sql.size() : end) - tagEnd - 1).toString());
    m_place = end < 0 ? m_sql.size() : end + tag.size();
    return true;
}

void Scanner::takeName()
{
    const qsizetype begin = m_place;
    while (m_place < m_sql.size() && isNamePart(at(m_place)))
        ++m_place;
    add(SqlWord::Kind::Word, m_sql.sliced(begin, m_place - begin).toString().toUpper());
}

void Scanner::takeSign()
{
    const QChar c = at(m_place++);
    if (c == u';')
        return endStatement();
    if (c == u')')
        m_depth = std::max(0, m_depth - 1);
    add(SqlWord::Kind::Sign, c);
    if (c == u'(')
        ++m_depth;
}

void Scanner::endStatement()
{
    if (!m_current.isEmpty())
        m_statements.append(std::exchange(m_current, {}));
    m_depth = 0;
}

} // namespace

QList<SqlStatement> sqlStatements(const QString &sql) { return Scanner(sql).statements(); }

} // namespace quoin::plugins
