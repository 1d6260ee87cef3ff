// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/retirement.h"

#include <chrono>
#include <thread>

namespace quoin::supervisor {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

static_assert(HostMemory::slots <= 64, "HostBoard::counted has a bit for each");

/// A step takes microseconds, and there is one when a worker comes or goes; but the supervisor may have to wait for a
/// processor in the middle of it. Only of one that was killed there the end will not come, and then this worker is
/// leaving, too.
constexpr std::chrono::milliseconds longestStep(500);
constexpr std::chrono::microseconds look(100);

quint64 bitOf(int slot) { return quint64(1) << slot; }

/// Others see what is written while this lives all at once or not at all.
class OneStep
{
public:
    explicit OneStep(HostBoard &board)
        : m_board(board)
        , m_version(board.retiredVersion.load(relaxed))
    {
        m_board.retiredVersion.store(m_version + 1, relaxed);
        std::atomic_thread_fence(std::memory_order_release);
    }
    ~OneStep() { m_board.retiredVersion.store(m_version + 2, std::memory_order_release); }
    Q_DISABLE_COPY_MOVE(OneStep)

private:
    HostBoard &m_board;
    const quint32 m_version;
};

std::unique_ptr<meters::Meters> addUp(const HostMemory &memory)
{
    auto sum = std::make_unique<meters::Meters>(); // zeroed
    meters::open(*sum);
    const HostBoard &board = memory.board();
    meters::addCounters(*sum, board.retired);
    const quint64 counted = board.counted.load(relaxed);
    for (int slot = 0; slot < HostMemory::slots; ++slot) {
        if ((counted & bitOf(slot)) == 0)
            continue;
        meters::addCounters(*sum, memory.slot(slot).meters);
        meters::addGauges(*sum, memory.slot(slot).meters);
    }
    return sum;
}

} // namespace

void enlist(HostMemory &memory, int slot)
{
    HostBoard &board = memory.board();
    const OneStep step(board);
    board.counted.store(board.counted.load(relaxed) | bitOf(slot), relaxed);
}

void retire(HostMemory &memory, int slot)
{
    HostBoard &board = memory.board();
    if ((board.counted.load(relaxed) & bitOf(slot)) == 0)
        return;
    const OneStep step(board);
    meters::addCounters(board.retired, memory.slot(slot).meters);
    board.counted.store(board.counted.load(relaxed) & ~bitOf(slot), relaxed);
}

std::unique_ptr<meters::Meters> totals(const HostMemory &memory)
{
    const auto &version = memory.board().retiredVersion;
    const auto end = std::chrono::steady_clock::now() + longestStep;
    for (;;) {
        const quint32 before = version.load(std::memory_order_acquire);
        const bool isLast = std::chrono::steady_clock::now() >= end;
        if (before % 2 != 0 && !isLast) {
            std::this_thread::sleep_for(look);
            continue;
        }
        auto sum = addUp(memory);
        std::atomic_thread_fence(std::memory_order_acquire);
        if (isLast || version.load(relaxed) == before)
            return sum;
    }
}

} // namespace quoin::supervisor
