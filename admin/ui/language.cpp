// SPDX-License-Identifier: GPL-3.0-only
#include "ui/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

/// What files of other languages do for theirs. Texts without a number it leaves alone.
class EnglishPlurals : public QTranslator
{
public:
    using QTranslator::QTranslator;

    bool isEmpty() const override { return false; }
    QString translate(const char *, const char *text, const char *, int n) const override
    {
        QString words = QString::fromUtf8(text);
        if (n < 0 || !words.contains(u"s)"_s))
            return {};
        for (const auto &ending : {u"es"_s, u"s"_s})
            words.replace(u'(' + ending + u')', n == 1 ? QString() : ending);
        return words;
    }
};

void useFile(const QLocale &locale, const QString &name, const QString &folder)
{
    auto *words = new QTranslator(QCoreApplication::instance());
    if (words->load(locale, name, u"_"_s, folder))
        QCoreApplication::installTranslator(words);
    else
        delete words;
}

} // namespace

// The one that is installed last is asked first.
void useLanguage(const QLocale &locale, const QString &folder)
{
    QCoreApplication::installTranslator(new EnglishPlurals(QCoreApplication::instance()));
    useFile(locale, u"qtbase"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    useFile(locale, u"quoin-admin"_s, folder);
}

} // namespace admin
