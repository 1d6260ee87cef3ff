// SPDX-License-Identifier: GPL-3.0-only
#include "habitlist.h"

#include <QLoggingCategory>

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(lcHabits, "habits.of.data")

/// Its meta object is data of the library.
class Own : public QObject
{
    Q_OBJECT
};

void keepMetaObject(QObject *, Kept &kept) { kept.metaObject = &Own::staticMetaObject; }
void keepString(QObject *, Kept &kept) { kept.text = QStringLiteral("a literal"); }
void nameObject(QObject *, Kept &kept) { kept.object->setObjectName(u"a literal"_s); }
void keepHashKey(QObject *, Kept &kept) { kept.hash.insert(u"a literal"_s, 1); }
void keepMapValue(QObject *, Kept &kept) { kept.map.insert(QString::number(1), u"a literal"_s); }
void keepBytes(QObject *, Kept &kept) { kept.bytes = QByteArrayLiteral("a literal"); }
void keepPattern(QObject *, Kept &kept) { kept.pattern = QRegularExpression(u"^a.*l$"_s); }

void keepCompiledPattern(QObject *, Kept &kept)
{
    kept.pattern = QRegularExpression(u"^a.*l$"_s);
    kept.pattern.optimize();
}

void keepJson(QObject *, Kept &kept) { kept.json = {{u"key"_s, u"a literal"_s}}; }

void openResource(QObject *, Kept &kept)
{
    kept.file = std::make_unique<QFile>(QString::fromLatin1(":/habits/resource.txt"));
    if (!kept.file->open(QIODevice::ReadOnly))
        kept.file.reset();
}

/// The host's handler keeps the name of the category.
void logWithCategory(QObject *, Kept &) { qCWarning(lcHabits) << "said"; }

} // namespace

HabitList habitsOfData()
{
    return {
        {"meta object", keepMetaObject},
        {"string literal", keepString},
        {"object name", nameObject},
        {"hash key", keepHashKey},
        {"map value", keepMapValue},
        {"byte array literal", keepBytes},
        {"pattern", keepPattern},
        {"compiled pattern", keepCompiledPattern},
        {"json", keepJson},
        {"resource", openResource},
        {"category", logWithCategory},
    };
}

#include "habitsofdata.moc"
