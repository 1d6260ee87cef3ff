// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace quoin::plugins {

/// One piece of an SQL text.
struct SqlWord
{
    enum class Kind {
        Word,   ///< A keyword or a plain name.
        Quoted, ///< A name in quotes.
        Text,   ///< 'text' or $$text$$.
        Sign,   ///< One other character.
    };

    Kind kind = Kind::Sign;
    QString text;  ///< A word in upper case; a quoted name or text without its quotes.
    int depth = 0; ///< How many brackets are open around it.

    bool is(const char *keyword) const { return kind == Kind::Word && text == QLatin1StringView(keyword); }
};

using SqlStatement = QList<SqlWord>;

/// Takes SQL apart into statements and words, without comments: as far as SQLite and PostgreSQL agree, both of their
/// ways to quote, and no more. Text that is no SQL gives words that mean nothing; it never fails.
QList<SqlStatement> sqlStatements(const QString &sql);

} // namespace quoin::plugins
