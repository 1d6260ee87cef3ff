// SPDX-License-Identifier: MIT
#include "hello.h"

void Hello::describe(quoin::Registry &registry) { registry.get(QStringLiteral("/hello/{name}"), &Hello::greet); }

quoin::Result<> Hello::start(quoin::Services &services)
{
    m_word = services.setting<QString>(QStringLiteral("greeting"));
    return {};
}

quoin::Response Hello::greet(const quoin::Request &, const QString &name) const
{
    return quoin::Response::text(greeting(name));
}

QByteArray Hello::greeting(const QString &name) const { return (m_word + QStringLiteral(", ") + name).toUtf8(); }
