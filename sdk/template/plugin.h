#pragma once

#include <quoin/plugin.h>

#include <optional>

/// POST /@NAME@ stores an item, GET /@NAME@/{id} shows it, and a task confirms it in the background.
class @CLASS@ final : public QObject, public quoin::Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "@ID@.json") // made by quoin_add_plugin()
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override;
    quoin::Result<> start(quoin::Services &services) override;
    void stop() override;

private:
    // They return a future, so they run on the event loop and must not block: the database answers when it has answered.
    quoin::Future<quoin::Response> create(const quoin::Request &request) const;
    quoin::Future<quoin::Response> show(const quoin::Request &request, qint64 id) const;

    // A task runs on a thread of its own kind and may block. It may run again after a crash, so it sets and never adds.
    quoin::Result<> confirm(const quoin::TaskRun &run, qint64 id) const;

    std::optional<quoin::Services> m_services; // from start() to stop()
};
