// SPDX-License-Identifier: GPL-3.0-only
#include "admin/linestream.h"

#include <QTest>

#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin::server;

class TestLineStream final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasAddedComesAtOnce()
    {
        LineStream lines;
        lines.add({{u"a"_s, 1}});
        lines.add({{u"b"_s, 2}});
        QCOMPARE(*lines.next().result(), "{\"a\":1}\n{\"b\":2}\n");
    }

    void whoWaitsIsToldWhenALineComes()
    {
        LineStream lines;
        const auto next = lines.next();
        QVERIFY(!next.peek());
        lines.add({{u"a"_s, 1}});
        QCOMPARE(*next.result(), "{\"a\":1}\n");
    }

    void theEndComesAfterTheLastLine()
    {
        LineStream lines;
        lines.add({{u"a"_s, 1}});
        lines.end();
        QVERIFY(!lines.next().result()->isEmpty());
        QVERIFY(lines.next().result()->isEmpty());
    }

    void everyLineComesOnceInOrder()
    {
        constexpr int count = 2000;
        LineStream lines;
        std::thread writer([&lines] {
            for (int i = 0; i < count; ++i)
                lines.add({{u"n"_s, i}});
            lines.end();
        });
        QByteArray all;
        for (QByteArray piece = *lines.next().result(); !piece.isEmpty(); piece = *lines.next().result())
            all += piece;
        writer.join();
        const auto each = all.split('\n');
        QCOMPARE(each.size(), count + 1);
        for (int i = 0; i < count; ++i)
            QCOMPARE(each[i], "{\"n\":" + QByteArray::number(i) + '}');
    }
};

QTEST_GUILESS_MAIN(TestLineStream)
#include "tst_linestream.moc"
