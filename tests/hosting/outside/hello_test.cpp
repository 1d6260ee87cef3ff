// SPDX-License-Identifier: MIT
#include "hello.h"

#include <QTest>

class HelloTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNameIsGreeted() { QCOMPARE(Hello().greeting(QStringLiteral("Ada")), QByteArray("Hello, Ada")); }
};

QTEST_GUILESS_MAIN(HelloTest)
#include "hello_test.moc"
