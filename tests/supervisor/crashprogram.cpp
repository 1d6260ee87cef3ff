// SPDX-License-Identifier: GPL-3.0-only
// A worker that maps two modules and lets one of them do harm: crashprogram FOLDER WAY, with the host memory as
// descriptor 3.
#include "crashmodule.h"

#include "supervisor/crashhandler.h"
#include "supervisor/crumb.h"
#include "supervisor/hostmemory.h"
#include "supervisor/workermemory.h"

#include <QFile>
#include <QTextStream>

#include <csignal>
#include <cstdlib>
#include <dlfcn.h>
#include <functional>
#include <latch>
#include <map>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace quoin::supervisor;
using namespace Qt::StringLiterals;

namespace {

struct Module
{
    int index = -1;
    decltype(&misbehave) harm = nullptr;
    decltype(&callBack) call = nullptr;
};

Module load(WorkerMemory &memory, const QString &folder, const QString &name)
{
    Module module;
    module.index = memory.addModule(u"org.example."_s + name, QByteArray(32, name.front().toLatin1()));
    const Crumb crumb(module.index, CrumbKind::Start);
    const QString path = folder + u'/' + name + u".so"_s;
    void *handle = ::dlopen(QFile::encodeName(path).constData(), RTLD_NOW | RTLD_LOCAL);
    if (!handle || !memory.locateModule(module.index, path))
        qFatal("%s is not loaded: %s", qPrintable(path), ::dlerror());
    module.harm = reinterpret_cast<decltype(&misbehave)>(::dlsym(handle, "misbehave"));
    module.call = reinterpret_cast<decltype(&callBack)>(::dlsym(handle, "callBack"));
    return module;
}

/// Somebody else who is busy meanwhile, and must not be blamed.
void standBy(const Module &bystander)
{
    std::latch isThere(1);
    std::thread([&isThere, index = bystander.index] {
        const Crumb crumb(index, CrumbKind::Pool, {}, 1);
        isThere.count_down();
        for (;;)
            ::pause();
    }).detach();
    isThere.wait();
}

void onThreads(int count, const std::function<void()> &function)
{
    std::latch together(count);
    std::vector<std::thread> threads;
    for (int index = 0; index < count; ++index) {
        threads.emplace_back([&] {
            together.arrive_and_wait();
            function();
        });
    }
    for (std::thread &thread : threads)
        thread.join();
}

void waitForTheEnd()
{
    QTextStream(stdout) << "ready\n" << Qt::flush;
    for (;;)
        ::pause();
}

/// The parent carries on after its child has crashed.
void crashInFork(const Module &guilty)
{
    if (const pid_t child = ::fork(); child != 0)
        ::waitpid(child, nullptr, 0);
    else
        guilty.harm("null store");
}

void beAbortedByAnother()
{
    if (::fork() == 0) {
        ::kill(::getppid(), SIGABRT);
        ::_exit(0);
    }
    for (;;)
        ::pause();
}

int *volatile s_nowhere = nullptr;
void hostCrashes() { *s_nowhere = 1; }

/// The ways that need more than a call of the module on the main thread.
std::map<QString, std::function<void()>> otherWays(const Module &guilty, const Module &bystander)
{
    const auto onPool = [guilty](const char *way) {
        const Crumb crumb(guilty.index, CrumbKind::Pool, std::chrono::seconds(10), 17);
        guilty.harm(way);
    };
    const auto waiting = [guilty] {
        const Crumb crumb(guilty.index, CrumbKind::Loop, {}, 9);
        guilty.call(waitForTheEnd);
    };
    return {
        {u"stack overflow on the pool"_s, [=] { onThreads(1, [=] { onPool("stack overflow"); }); }},
        {u"eight at once"_s, [=] { onThreads(8, [=] { onPool("null store"); }); }},
        {u"in a thread without a crumb"_s, [=] { onThreads(1, [=] { guilty.harm("abort"); }); }},
        {u"heap corruption found by the host"_s,
         [=] {
             const Crumb crumb(guilty.index, CrumbKind::Task, {}, 5);
             std::free(guilty.harm("heap corruption"));
         }},
        {u"host under a plugin"_s, [=] { guilty.call(hostCrashes); }},
        {u"one plugin in the crumb of another"_s,
         [=] {
             const Crumb crumb(bystander.index, CrumbKind::Loop, {}, 3);
             guilty.harm("null store");
         }},
        {u"host alone"_s, hostCrashes},
        {u"fork"_s, [=] { crashInFork(guilty); }},
        {u"aborted by another"_s,
         [=] {
             const Crumb crumb(guilty.index, CrumbKind::Loop);
             beAbortedByAnother();
         }},
        {u"wait"_s, waiting},
    };
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const rlimit noCores = {0, 0};
    ::setrlimit(RLIMIT_CORE, &noCores);
    auto host = HostMemory::adopt(3);
    if (!host)
        qFatal("%s", qPrintable(host.error().message()));
    const QString way = QString::fromLocal8Bit(argv[2]);

    WorkerMemory memory(host->slot(0));
    installCrashHandler(memory.slot());
    const QString folder = QFile::decodeName(argv[1]);
    const Module bystander = load(memory, folder, u"bystander"_s);
    const Module guilty = load(memory, folder, u"guilty"_s);
    memory.locateEverythingElse();
    if (qEnvironmentVariableIsSet("QUOIN_TEST_COMPANY"))
        standBy(bystander);

    const auto others = otherWays(guilty, bystander);
    if (const auto other = others.find(way); other != others.end()) {
        other->second();
        return 0;
    }
    const Crumb crumb(guilty.index, CrumbKind::Pool, std::chrono::seconds(10), 17);
    guilty.harm(argv[2]);
    return 0;
}
