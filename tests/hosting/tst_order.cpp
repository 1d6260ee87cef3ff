// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/order.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

/// "b 1.0.0 a>=1.0 c>=2.1"
Metadata plugin(const QString &line)
{
    const QStringList words = line.split(u' ');
    Metadata metadata;
    metadata.id = words[0];
    metadata.version = QVersionNumber::fromString(words[1]);
    for (const QString &word : words.sliced(2)) {
        const QStringList parts = word.split(u">="_s);
        metadata.requirements.append({parts[0], QVersionNumber::fromString(parts[1])});
    }
    return metadata;
}

} // namespace

class TestOrder final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pluginsFollowWhatTheyRequire_data();
    void pluginsFollowWhatTheyRequire();
    void eachRefusalSaysWhatIsMissing();
    void theOrderOfTheFilesDoesNotMatter();
};

void TestOrder::pluginsFollowWhatTheyRequire_data()
{
    QTest::addColumn<QStringList>("plugins");
    QTest::addColumn<QString>("sequence");
    QTest::addColumn<QString>("refused");
    QTest::newRow("none") << QStringList{} << u""_s << u""_s;
    QTest::newRow("by name") << QStringList{u"b 1.0.0"_s, u"a 1.0.0"_s} << u"a b"_s << u""_s;
    QTest::newRow("required first") << QStringList{u"a 1.0.0 b>=1.0"_s, u"b 1.0.0"_s} << u"b a"_s << u""_s;
    QTest::newRow("diamond") << QStringList{u"a 1.0.0 b>=1 c>=1"_s, u"b 1.0.0 d>=1"_s, u"c 1.0.0 d>=1"_s, u"d 1.0.0"_s}
                             << u"d b c a"_s << u""_s;
    QTest::newRow("built in") << QStringList{u"a 1.0.0 quoin>=0.1"_s} << u"a"_s << u""_s;
    QTest::newRow("missing") << QStringList{u"a 1.0.0 x>=1.0"_s, u"b 1.0.0"_s} << u"b"_s << u"a"_s;
    QTest::newRow("too old") << QStringList{u"a 1.0.0 b>=1.1"_s, u"b 1.0.9"_s} << u"b"_s << u"a"_s;
    QTest::newRow("new enough") << QStringList{u"a 1.0.0 b>=1.9"_s, u"b 1.10.0"_s} << u"b a"_s << u""_s;
    QTest::newRow("those that require a refused one")
        << QStringList{u"a 1.0.0 b>=1"_s, u"b 1.0.0 x>=1"_s, u"c 1.0.0 a>=1"_s} << u""_s << u"a b c"_s;
    QTest::newRow("itself") << QStringList{u"a 1.0.0 a>=1"_s, u"b 1.0.0"_s} << u"b"_s << u"a"_s;
    QTest::newRow("circle") << QStringList{u"a 1.0.0 b>=1"_s, u"b 1.0.0 c>=1"_s, u"c 1.0.0 a>=1"_s, u"d 1.0.0"_s}
                            << u"d"_s << u"a b c"_s;
    QTest::newRow("leading into a circle")
        << QStringList{u"a 1.0.0 b>=1"_s, u"b 1.0.0 c>=1"_s, u"c 1.0.0 b>=1"_s} << u""_s << u"a b c"_s;
    QTest::newRow("two circles") << QStringList{u"a 1.0.0 b>=1"_s, u"b 1.0.0 a>=1"_s, u"c 1.0.0 d>=1"_s,
                                                u"d 1.0.0 c>=1"_s}
                                 << u""_s << u"a b c d"_s;
}

void TestOrder::pluginsFollowWhatTheyRequire()
{
    QFETCH(QStringList, plugins);
    QFETCH(QString, sequence);
    QFETCH(QString, refused);
    QList<Metadata> list;
    for (const QString &line : plugins)
        list.append(plugin(line));
    const Order order = resolveOrder(list, {{u"quoin"_s, QVersionNumber(0, 1, 0)}});
    QCOMPARE(order.sequence.join(u' '), sequence);
    QCOMPARE(QStringList(order.refused.keys()).join(u' '), refused);
}

void TestOrder::eachRefusalSaysWhatIsMissing()
{
    const Order order = resolveOrder({plugin(u"missing 1.0.0 x>=1.2"_s), plugin(u"old 1.0.0 quoin>=3.0"_s),
                                      plugin(u"a 1.0.0 b>=1"_s), plugin(u"b 1.0.0 a>=1"_s),
                                      plugin(u"after 1.0.0 missing>=1"_s)},
                                     {{u"quoin"_s, QVersionNumber(0, 1, 0)}});
    QCOMPARE(order.refused.value(u"missing"_s).reason, u"requires x 1.2, which is not there"_s);
    QCOMPARE(order.refused.value(u"missing"_s).remedy, u"put x.so into the folder"_s);
    QCOMPARE(order.refused.value(u"old"_s).reason, u"requires quoin 3.0, but its version is 0.1.0"_s);
    QCOMPARE(order.refused.value(u"a"_s).reason, u"requires itself in a circle: a -> b -> a"_s);
    QCOMPARE(order.refused.value(u"b"_s).reason, u"requires itself in a circle: a -> b -> a"_s);
    QCOMPARE(order.refused.value(u"after"_s).reason, u"requires missing, which is refused"_s);
}

void TestOrder::theOrderOfTheFilesDoesNotMatter()
{
    QStringList lines{u"a 1.0.0 c>=1"_s, u"b 1.0.0"_s, u"c 1.0.0 d>=1"_s, u"d 1.0.0"_s, u"e 1.0.0 x>=1"_s};
    QSet<QString> outcomes;
    do {
        QList<Metadata> list;
        for (const QString &line : lines)
            list.append(plugin(line));
        outcomes.insert(resolveOrder(list, {}).sequence.join(u' '));
    } while (std::next_permutation(lines.begin(), lines.end()));
    QCOMPARE(outcomes, QSet<QString>{u"b d c a"_s});
}

QTEST_GUILESS_MAIN(TestOrder)
#include "tst_order.moc"
