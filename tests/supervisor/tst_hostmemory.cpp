// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/hostmemory.h"

#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace quoin::supervisor;
using namespace Qt::StringLiterals;

class tst_HostMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatOneSideWritesTheOtherReads();
    void aNewSlotIsAllZero();
    void aClearedSlotIsZeroForBothSides();
    void clearingLeavesTheNeighboursAlone();
    void nobodyCanChangeItsSize();
    void itIsNotInheritedByAccident();
    void anotherFileIsRefused_data();
    void anotherFileIsRefused();
    void memoryOfAnotherVersionIsRefused();
    void adoptingClosesTheDescriptorInAnyCase();
};

void tst_HostMemory::whatOneSideWritesTheOtherReads()
{
    auto supervisor = HostMemory::create();
    QVERIFY(supervisor);
    auto worker = HostMemory::adopt(::dup(supervisor->descriptor()));
    QVERIFY2(worker, qPrintable(worker.error().message()));
    for (int index = 0; index < HostMemory::slots; ++index)
        worker->slot(index).requests = quint64(index) + 1;
    for (int index = 0; index < HostMemory::slots; ++index)
        QCOMPARE(supervisor->slot(index).requests.load(), quint64(index) + 1);
    QVERIFY(&worker->slot(0) != &supervisor->slot(0));
}

void tst_HostMemory::aNewSlotIsAllZero()
{
    const auto memory = HostMemory::create();
    QVERIFY(memory);
    for (int index = 0; index < HostMemory::slots; ++index) {
        const auto *bytes = reinterpret_cast<const char *>(&memory->slot(index));
        QCOMPARE(std::count(bytes, bytes + sizeof(WorkerSlot), '\0'), std::ptrdiff_t(sizeof(WorkerSlot)));
    }
}

void tst_HostMemory::aClearedSlotIsZeroForBothSides()
{
    auto supervisor = HostMemory::create();
    QVERIFY(supervisor);
    const auto worker = HostMemory::adopt(::dup(supervisor->descriptor()));
    QVERIFY(worker);
    std::memset(static_cast<void *>(&worker->slot(7)), 0x5a, sizeof(WorkerSlot));
    supervisor->clear(7);
    for (const auto *side : {&supervisor->slot(7), &worker->slot(7)}) {
        const auto *bytes = reinterpret_cast<const char *>(side);
        QCOMPARE(std::count(bytes, bytes + sizeof(WorkerSlot), '\0'), std::ptrdiff_t(sizeof(WorkerSlot)));
    }
    worker->slot(7).taken = 4; // and they are still the same memory
    QCOMPARE(supervisor->slot(7).taken.load(), quint64(4));
}

void tst_HostMemory::clearingLeavesTheNeighboursAlone()
{
    auto memory = HostMemory::create();
    QVERIFY(memory);
    for (const int index : {4, 5, 6}) {
        memory->slot(index).pid = index;
        memory->slot(index).modules[WorkerSlot::mostModules - 1].to = 77; // its last word
    }
    memory->clear(5);
    for (const int index : {4, 6}) {
        QCOMPARE(memory->slot(index).pid.load(), index);
        QCOMPARE(memory->slot(index).modules[WorkerSlot::mostModules - 1].to.load(), quint64(77));
    }
    QCOMPARE(memory->slot(5).modules[WorkerSlot::mostModules - 1].to.load(), quint64(0));
}

void tst_HostMemory::nobodyCanChangeItsSize()
{
    const auto memory = HostMemory::create();
    QVERIFY(memory);
    QCOMPARE(::ftruncate(memory->descriptor(), 0), -1);
    QCOMPARE(errno, EPERM);
    QCOMPARE(::ftruncate(memory->descriptor(), 1 << 30), -1);
    QCOMPARE(errno, EPERM);
}

void tst_HostMemory::itIsNotInheritedByAccident()
{
    const auto memory = HostMemory::create();
    QVERIFY(memory);
    QVERIFY((::fcntl(memory->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}

void tst_HostMemory::anotherFileIsRefused_data()
{
    QTest::addColumn<int>("descriptor");
    QTest::newRow("none") << -1;
    int ends[2];
    QVERIFY(::pipe2(ends, O_CLOEXEC) == 0);
    ::close(ends[1]);
    QTest::newRow("pipe") << ends[0];
    QTest::newRow("ordinary file") << ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    QTest::newRow("folder") << ::open("/", O_RDONLY | O_CLOEXEC);
    QTest::newRow("empty memory") << ::memfd_create("empty", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

void tst_HostMemory::anotherFileIsRefused()
{
    QFETCH(int, descriptor);
    const auto memory = HostMemory::adopt(descriptor);
    QVERIFY(!memory);
    QVERIFY(memory.error().message().contains(u"memory"_s));
}

void tst_HostMemory::memoryOfAnotherVersionIsRefused()
{
    const auto memory = HostMemory::create();
    QVERIFY(memory);
    const quint64 another = 12;
    QCOMPARE(::pwrite(memory->descriptor(), &another, sizeof another, 0), ssize_t(sizeof another));
    const auto worker = HostMemory::adopt(::dup(memory->descriptor()));
    QVERIFY(!worker);
    QVERIFY2(worker.error().message().contains(u"restart"_s), qPrintable(worker.error().message()));
}

void tst_HostMemory::adoptingClosesTheDescriptorInAnyCase()
{
    const int stranger = ::memfd_create("empty", MFD_CLOEXEC);
    QVERIFY(!HostMemory::adopt(stranger));
    QCOMPARE(::fcntl(stranger, F_GETFD), -1);

    const auto memory = HostMemory::create();
    QVERIFY(memory);
    const int own = ::dup(memory->descriptor());
    QVERIFY(HostMemory::adopt(own));
    QCOMPARE(::fcntl(own, F_GETFD), -1);
}

QTEST_GUILESS_MAIN(tst_HostMemory)
#include "tst_hostmemory.moc"
