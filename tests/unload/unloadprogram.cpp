// SPDX-License-Identifier: GPL-3.0-only
// unloadprogram LIBRARY USE: lets the library do something, unloads it, and uses what is left of it. unloadprogram
// LIBRARY hints|no-hints: only loads it and asks to unload it. What happened is on standard output, a line for each
// step.
#include "mapping.h"
#include "uses.h"

#include <QCoreApplication>
#include <QPluginLoader>

#include <cstdio>
#include <sys/resource.h>
#include <unistd.h>

namespace {

void say(const QByteArray &line)
{
    std::puts(line.constData());
    std::fflush(stdout);
}

void acquire(QPluginLoader &loader, const QByteArray &habit, Kept &kept)
{
    auto *habits = qobject_cast<Habits *>(loader.instance());
    if (!habits)
        qFatal("not loaded: %s", qPrintable(loader.errorString()));
    if (!habits->acquire(habit, kept))
        qFatal("there is no habit %s", habit.constData());
}

/// The hints have to be cleared before the name is set: setLoadHints() of Qt 6.8 only adds to those of a file that is
/// known.
void prepare(QPluginLoader &loader, const QString &library)
{
    loader.setLoadHints({});
    loader.setFileName(library);
}

int askToUnload(const QString &library, bool clearsHints)
{
    QPluginLoader loader;
    if (clearsHints)
        prepare(loader, library);
    else
        loader.setFileName(library);
    if (!loader.load())
        qFatal("not loaded: %s", qPrintable(loader.errorString()));
    say(loader.unload() ? "unloaded" : "not unloaded");
    say(isMapped(library) ? "mapped" : "unmapped");
    return 0;
}

int use(const QString &library, const QByteArray &name, Use what)
{
    const QByteArray habit = name.split(',').first();
    Host host;
    QPluginLoader loader;
    prepare(loader, library);
    acquire(loader, habit, host.kept);
    const AddressRange range = rangeOf(library);
    say(loader.unload() ? "unloaded" : "not unloaded");
    if (range.isEmpty() || isMapped(library) || !fence(range)) {
        say("mapped");
        return 0;
    }
    say("unmapped");
    tellOfFaults(range);
    host.loadAgain = [&] { acquire(loader, habit, host.kept); };
    say(what(host) ? "used" : "wrong");
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const rlimit noCores = {0, 0};
    ::setrlimit(RLIMIT_CORE, &noCores);
    ::alarm(60); // who waits for what never comes is told from who survives
    int status = 0;
    {
        QCoreApplication application(argc, argv);
        const QString library = QString::fromLocal8Bit(argv[1]);
        const QByteArray name = argv[2];
        if (name == "hints" || name == "no-hints")
            status = askToUnload(library, name == "no-hints");
        else if (const Use what = uses().value(name))
            status = use(library, name, what);
        else
            qFatal("there is no use %s", argv[2]);
    }
    say("application ended");
    return status;
}
