// SPDX-License-Identifier: MIT
#pragma once

// START HERE. A plugin is a class that says what it has (describe), begins (start) and ends (stop):
//
//     class Hello final : public QObject, public quoin::Plugin
//     {
//         Q_OBJECT
//         Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "org.acme.hello.json")
//         Q_INTERFACES(quoin::Plugin)
//
//     public:
//         void describe(quoin::Registry &registry) override { registry.get(u"/hello/{name}"_s, &Hello::greet); }
//         quoin::Result<> start(quoin::Services &) override { return {}; }
//         void stop() override {}
//
//         quoin::Response greet(const quoin::Request &, const QString &name);
//     };
//
// Then: registry.h (routes, tasks, events, migrations), http.h (Request, Response), database.h (jobs), batchwrite.h,
// tasks.h, services.h, trace.h, result.h.

#include <quoin/registry.h>
#include <quoin/result.h>
#include <quoin/services.h>

#include <QObject>

#define QUOIN_PLUGIN_IID "org.quoin.Plugin/1"

/// The minor version of this SDK. A host loads plugins built with its own minor or an older one.
#define QUOIN_SDK_MINOR 2

namespace quoin {

/// The life of a plugin, one instance per process:
///   1. the constructor does nothing that can fail;
///   2. describe() is called once, before anything else; it has no side effects, also in a process that never starts
///   the plugin;
///   3. start() opens what is needed, after all migrations; an Error refuses, with its sentence in the log, and the
///   host goes on without it;
///   4. requests and tasks are served, from several threads at once;
///   5. stop() is called when the last of them has ended, also after a start() that failed half-way; what start()
///   opened it closes.
/// describe(), start() and stop() are called on the main thread.
class Plugin
{
public:
    virtual ~Plugin() = default;
    virtual void describe(Registry &registry) = 0;
    virtual Result<> start(Services &services) = 0;
    virtual void stop() = 0;
};

} // namespace quoin

Q_DECLARE_INTERFACE(quoin::Plugin, QUOIN_PLUGIN_IID)
