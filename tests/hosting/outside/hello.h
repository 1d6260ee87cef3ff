// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/plugin.h>

class Hello final : public QObject, public quoin::Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "org.acme.hello.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override;
    quoin::Result<> start(quoin::Services &services) override;
    void stop() override { }

    quoin::Response greet(const quoin::Request &request, const QString &name) const;
    QByteArray greeting(const QString &name) const;

private:
    QString m_word = QStringLiteral("Hello");
};
