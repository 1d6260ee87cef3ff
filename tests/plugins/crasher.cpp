// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <thread>

namespace {

// What the optimizer must not see through.
int *volatile nowhere = nullptr;
volatile int depth = 0;

void storeToNull() { *nowhere = 1; }

/// Not a tail call: there is work left to do after it.
int overflow(int number)
{
    volatile char frame[512];
    frame[number % 512] = static_cast<char>(number);
    depth = depth + 1;
    if (depth < 0) // never, but the compiler cannot know
        return number;
    return overflow(number + 1) + frame[number % 512];
}

void throwSomething() { throw std::runtime_error("nobody catches this"); }
void promiseNotToThrow() noexcept { throwSomething(); }

void freeTwice()
{
    void *volatile block = std::malloc(64);
    void *volatile again = block;
    std::free(block);
    std::free(again);
}

void misuseQt()
{
    auto *volatile notAnObject = reinterpret_cast<QObject *>(16);
    notAnObject->setObjectName(u"nobody"_s);
}

quoin::Response notReached() { return quoin::Response::text("still there", 500); }

} // namespace

/// Crashes the process in the way that the route names. None of these is reached while it is probed or started.
class Crasher final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "crasher.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.get(u"/crasher"_s, [](const quoin::Request &) { return quoin::Response::text("not yet"); });
        add(registry, u"null-store"_s, [] { storeToNull(); });
        add(registry, u"own-thread"_s, [] { std::thread(storeToNull).join(); });
        add(registry, u"stack-overflow"_s, [] { overflow(0); });
        add(registry, u"inside-qt"_s, [] { misuseQt(); });
        add(registry, u"noexcept"_s, [] { promiseNotToThrow(); });
        add(registry, u"double-free"_s, [] { freeTwice(); });
        add(registry, u"exit"_s, [] { std::_Exit(3); });
        registry.get(u"/crasher/on-the-loop"_s, [](const quoin::Request &) -> quoin::Future<quoin::Response> {
            storeToNull();
            return notReached();
        });
        registry.post(u"/crasher/task"_s, &Crasher::pushTask);
        registry.task(u"crasher.crash"_s,
                      [](const quoin::TaskRun &) {
                          storeToNull();
                          return quoin::Result<>();
                      },
                      {.attempts = 2, .firstDelay = std::chrono::milliseconds(1)});
    }

    quoin::Result<> start(quoin::Services &services) override
    {
        m_services = services;
        return {};
    }
    void stop() override { m_services.reset(); }

private:
    static void add(quoin::Registry &registry, const QString &way, void (*crash)())
    {
        registry.get(u"/crasher/"_s + way, [crash](const quoin::Request &) {
            crash();
            return notReached();
        });
    }

    quoin::Result<quoin::Response> pushTask(const quoin::Request &)
    {
        const auto push = [tasks = m_services->tasks()](quoin::Connection &connection) {
            return tasks.push(connection, u"crasher.crash"_s, quoin::jsonArray());
        };
        const auto task = m_services->database().write(push).result();
        if (!task)
            return task.error();
        return quoin::Response::text(QByteArray::number(*task), 202);
    }

    std::optional<quoin::Services> m_services;
};

#include "crasher.moc"
