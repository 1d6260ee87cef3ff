// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/expanding.h"

#include "plugins/sqlwords.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// Walks over the words of one statement or clause.
class Words
{
public:
    explicit Words(const SqlStatement &words)
        : m_words(words)
    {
    }

    bool skip(const char *keyword)
    {
        const bool isNext = m_place < m_words.size() && m_words[m_place].is(keyword);
        m_place += isNext;
        return isNext;
    }
    bool skip(const char *first, const char *second)
    {
        const bool isNext = m_place + 1 < m_words.size() && m_words[m_place].is(first)
            && m_words[m_place + 1].is(second);
        m_place += isNext ? 2 : 0;
        return isNext;
    }
    /// IF EXISTS, IF NOT EXISTS
    void skipIf()
    {
        if (skip("IF")) {
            skip("NOT");
            skip("EXISTS");
        }
    }
    /// A name, with its schema if that is said; its last part in upper case.
    QString takeName()
    {
        QString name;
        do {
            name = m_place < m_words.size() ? m_words[m_place++].text.toUpper() : QString();
        } while (m_place < m_words.size() && m_words[m_place].text == u"."_s && ++m_place);
        return name;
    }
    SqlStatement rest() const { return m_words.sliced(std::min(m_place, m_words.size())); }

private:
    const SqlStatement m_words;
    qsizetype m_place = 0;
};

bool has(const SqlStatement &words, const char *keyword)
{
    return std::any_of(words.begin(), words.end(), [&](const SqlWord &word) { return word.is(keyword); });
}

QList<SqlStatement> clauses(const SqlStatement &words)
{
    QList<SqlStatement> clauses(1);
    for (const SqlWord &word : words) {
        if (word.depth == 0 && word.text == u","_s && word.kind == SqlWord::Kind::Sign)
            clauses.append(SqlStatement());
        else
            clauses.last().append(word);
    }
    return clauses;
}

/// The previous version inserts rows without the new column.
bool addsWhatInsertsLack(Words clause)
{
    clause.skip("COLUMN");
    clause.skipIf();
    for (const char *constraint : {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"}) {
        if (clause.skip(constraint))
            return false;
    }
    clause.takeName();
    const SqlStatement column = clause.rest();
    const auto isNot = std::find_if(column.begin(), column.end(),
                                    [](const SqlWord &word) { return word.depth == 0 && word.is("NOT"); });
    const bool isNotNull = isNot != column.end() && isNot + 1 != column.end() && (isNot + 1)->is("NULL");
    return isNotNull && !has(column, "DEFAULT") && !has(column, "GENERATED");
}

bool columnLoses(Words clause)
{
    clause.skip("COLUMN");
    clause.takeName();
    if (clause.skip("DROP"))
        return !clause.skip("NOT", "NULL");
    return clause.skip("TYPE") || clause.skip("SET", "DATA") || clause.skip("SET", "NOT");
}

bool clauseTakesAway(const SqlStatement &words)
{
    Words clause(words);
    if (clause.skip("ALTER"))
        return columnLoses(clause);
    if (clause.skip("ADD"))
        return addsWhatInsertsLack(clause);
    return clause.skip("DROP") || clause.skip("RENAME") || clause.skip("DETACH") || clause.skip("SET", "SCHEMA");
}

bool alterTakesAway(Words statement)
{
    if (!statement.skip("TABLE")) {
        const SqlStatement rest = statement.rest();
        return has(rest, "RENAME") || has(rest, "DROP") || has(rest, "SCHEMA");
    }
    statement.skipIf();
    statement.skip("ONLY");
    statement.takeName();
    const auto all = clauses(statement.rest());
    return std::any_of(all.begin(), all.end(), clauseTakesAway);
}

/// DO runs its text at once.
bool blockTakesAway(const SqlStatement &words)
{
    for (const SqlWord &word : words) {
        if (word.kind != SqlWord::Kind::Text)
            continue;
        for (const SqlStatement &inner : sqlStatements(word.text)) {
            if (has(inner, "DROP") || has(inner, "TRUNCATE") || has(inner, "RENAME"))
                return true;
        }
    }
    return false;
}

/// plainIndexes: names of indexes of the plugin that are not unique; without them the previous version is slower, not
/// wrong.
bool takesAway(const SqlStatement &words, const QSet<QString> &plainIndexes)
{
    Words statement(words);
    if (statement.skip("DROP", "INDEX")) {
        statement.skip("CONCURRENTLY");
        statement.skipIf();
        return !plainIndexes.contains(statement.takeName());
    }
    if (statement.skip("DROP") || statement.skip("TRUNCATE"))
        return true;
    if (statement.skip("ALTER"))
        return alterTakesAway(statement);
    if (statement.skip("DELETE") || (statement.skip("WITH") && has(words, "DELETE")))
        return !has(words, "WHERE");
    return statement.skip("DO") && blockTakesAway(words);
}

/// The body of a trigger has statements of its own, which run later.
bool isTrigger(const SqlStatement &words)
{
    Words statement(words);
    if (!statement.skip("CREATE"))
        return false;
    if (!statement.skip("TEMP"))
        statement.skip("TEMPORARY");
    return statement.skip("TRIGGER") && has(words, "BEGIN");
}

void collectPlainIndexes(const QStringList &texts, QSet<QString> &names)
{
    for (const QString &sql : texts) {
        for (const SqlStatement &words : sqlStatements(sql)) {
            Words statement(words);
            if (!statement.skip("CREATE", "INDEX"))
                continue;
            statement.skip("CONCURRENTLY");
            statement.skipIf();
            names.insert(statement.takeName());
        }
    }
}

QString excerpt(const SqlStatement &words)
{
    QStringList texts;
    for (const SqlWord &word : words.first(std::min<qsizetype>(words.size(), 8)))
        texts.append(word.text.left(40));
    return texts.join(u' ') + (words.size() > 8 ? u" ..."_s : QString());
}

std::optional<Fault> faultIn(const QString &migration, const QStringList &texts, const QSet<QString> &plainIndexes)
{
    for (const QString &sql : texts) {
        for (const SqlStatement &words : sqlStatements(sql)) {
            if (isTrigger(words))
                break; // to the end of the text
            if (!takesAway(words, plainIndexes))
                continue;
            return Fault{u"its migration %1 takes away what the version that still runs may need: %2"_s.arg(
                             migration, excerpt(words)),
                         u"only add in a migration; take away by hand when no version that needs it runs any more"_s};
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<Fault> expandingFault(const DescriptionFacts &facts)
{
    QSet<QString> plainIndexes;
    for (const DeclaredMigration &migration : facts.migrations)
        collectPlainIndexes(migration.sqlite + migration.postgresql, plainIndexes);
    for (const DeclaredMigration &migration : facts.migrations) {
        if (auto fault = faultIn(migration.name, migration.sqlite + migration.postgresql, plainIndexes))
            return fault;
    }
    return std::nullopt;
}

} // namespace quoin::plugins
