// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/hostboard.h"

#include <QRandomGenerator>

#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <unistd.h>

namespace quoin::supervisor {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

using Figures = std::array<quint32, SecondFigures::figures>;

Figures toArray(const SecondFigures &of)
{
    return {of.requests,    of.errors,    of.p50,         of.p95,         of.p99,
            of.connections, of.tasksDone, of.tasksFailed, of.tasksRunning};
}

SecondFigures fromArray(qint64 second, const Figures &of)
{
    return {second, of[0], of[1], of[2], of[3], of[4], of[5], of[6], of[7], of[8]};
}

const HostBoard::SecondCell &cellOf(const HostBoard &board, quint64 number)
{
    return board.cells[number % HostBoard::mostSeconds];
}

std::optional<SecondFigures> read(const HostBoard::SecondCell &cell, quint64 number)
{
    if (cell.number.load(std::memory_order_acquire) != number)
        return std::nullopt;
    const qint64 second = cell.second.load(relaxed);
    Figures figures;
    for (std::size_t i = 0; i < figures.size(); ++i)
        figures[i] = cell.figures[i].load(relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (cell.number.load(relaxed) != number)
        return std::nullopt;
    return fromArray(second, figures);
}

WorkerRow read(const HostBoard::RowCell &cell)
{
    WorkerRow row;
    row.slot = cell.slot.load(relaxed);
    row.pid = cell.pid.load(relaxed);
    row.generation = cell.generation.load(relaxed);
    row.role = cell.role.load(relaxed) == static_cast<qint32>(Role::Tasks) ? Role::Tasks : Role::Web;
    const qint32 phase = cell.phase.load(relaxed);
    row.phase = phase == static_cast<qint32>(WorkerPhase::Ready) ? WorkerPhase::Ready
        : phase == static_cast<qint32>(WorkerPhase::Draining)    ? WorkerPhase::Draining
                                                                 : WorkerPhase::Starting;
    row.started = cell.started.load(relaxed);
    return row;
}

template <std::size_t size>
void setText(std::atomic<char> (&to)[size], const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    for (std::size_t i = 0; i < size; ++i)
        to[i].store(i < size - 1 && i < static_cast<std::size_t>(bytes.size()) ? bytes[static_cast<qsizetype>(i)]
                                                                               : '\0',
                    relaxed);
}

template <std::size_t size>
QString textOf(const std::atomic<char> (&text)[size])
{
    QByteArray bytes;
    for (const auto &character : text) {
        const char read = character.load(relaxed);
        if (read == '\0')
            break;
        bytes += read;
    }
    return QString::fromUtf8(bytes);
}

PluginRow read(const HostBoard::PluginCell &cell)
{
    return {textOf(cell.id), textOf(cell.version), textOf(cell.state)};
}

} // namespace

void open(HostBoard &board)
{
    using namespace std::chrono;
    board.pid = ::getpid();
    board.started = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    board.instance = QRandomGenerator::system()->generate64() | 1;
    meters::open(board.retired);
    std::memcpy(board.blamed[0].plugin, "unknown", 8);
    board.blamedCount.store(1, std::memory_order_release);
}

void addDeath(HostBoard &board, const QString &plugin)
{
    const QByteArray name = plugin.isEmpty() ? QByteArrayLiteral("unknown")
                                             : plugin.toUtf8().left(sizeof HostBoard::Blamed::plugin - 1);
    const auto count = static_cast<int>(board.blamedCount.load(relaxed));
    int index = 0;
    while (index < count && meters::textOf(board.blamed[index].plugin) != std::string_view(name))
        ++index;
    if (index == HostBoard::mostBlamed)
        index = 0;
    if (index == count) {
        std::memcpy(board.blamed[index].plugin, name.constData(), static_cast<std::size_t>(name.size()));
        board.blamedCount.store(static_cast<quint32>(count + 1), std::memory_order_release);
    }
    meters::addAlone(board.blamed[index].deaths);
}

void setAddresses(HostBoard &board, const QStringList &addresses)
{
    const QByteArray text = addresses.join(u' ').toUtf8().left(HostBoard::longestText);
    std::memcpy(board.addresses, text.constData(), static_cast<std::size_t>(text.size()) + 1);
}

QStringList addresses(const HostBoard &board)
{
    const auto size = ::strnlen(board.addresses, sizeof board.addresses);
    return QString::fromUtf8(board.addresses, static_cast<qsizetype>(size)).split(u' ', Qt::SkipEmptyParts);
}

void append(HostBoard &board, const SecondFigures &figures)
{
    const quint64 number = board.seconds.load(relaxed) + 1;
    auto &cell = board.cells[number % HostBoard::mostSeconds];
    cell.number.store(0, relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    cell.second.store(figures.second, relaxed);
    const Figures values = toArray(figures);
    for (std::size_t i = 0; i < values.size(); ++i)
        cell.figures[i].store(values[i], relaxed);
    cell.number.store(number, std::memory_order_release);
    board.seconds.store(number, std::memory_order_release);
}

QList<SecondFigures> latestSeconds(const HostBoard &board, int most)
{
    const quint64 last = board.seconds.load(std::memory_order_acquire);
    const auto count = std::min<quint64>(last, static_cast<quint64>(std::clamp(most, 0, HostBoard::mostSeconds)));
    QList<SecondFigures> figures;
    for (quint64 number = last - count + 1; number <= last && number > 0; ++number) {
        if (const auto one = read(cellOf(board, number), number)) // else it has just made room for a newer one
            figures.append(*one);
    }
    return figures;
}

void setRows(HostBoard &board, const QList<WorkerRow> &rows)
{
    const QList<WorkerRow> next = rows.first(std::min<qsizetype>(rows.size(), HostBoard::mostRows));
    if (supervisor::rows(board) == next)
        return;
    const quint32 version = board.rowsVersion.load(relaxed);
    board.rowsVersion.store(version + 1, relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    for (qsizetype i = 0; i < next.size(); ++i) {
        HostBoard::RowCell &cell = board.rows[i];
        cell.slot.store(next[i].slot, relaxed);
        cell.pid.store(next[i].pid, relaxed);
        cell.generation.store(next[i].generation, relaxed);
        cell.role.store(static_cast<qint32>(next[i].role), relaxed);
        cell.phase.store(static_cast<qint32>(next[i].phase), relaxed);
        cell.started.store(next[i].started, relaxed);
    }
    board.rowCount.store(static_cast<qint32>(next.size()), relaxed);
    board.rowsVersion.store(version + 2, std::memory_order_release);
}

void setPlugins(HostBoard &board, const QList<PluginRow> &plugins)
{
    const QList<PluginRow> next = plugins.first(std::min<qsizetype>(plugins.size(), HostBoard::mostPlugins));
    const quint32 version = board.pluginsVersion.load(relaxed);
    board.pluginsVersion.store(version + 1, relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    for (qsizetype i = 0; i < next.size(); ++i) {
        setText(board.plugins[i].id, next[i].id);
        setText(board.plugins[i].version, next[i].version);
        setText(board.plugins[i].state, next[i].state);
    }
    board.pluginCount.store(static_cast<qint32>(next.size()), relaxed);
    board.pluginsVersion.store(version + 2, std::memory_order_release);
}

namespace {

/// What read() makes of the cells while nobody writes to them; none if they change without end.
template <class Row, class Cell, std::size_t most>
QList<Row> readAll(const std::atomic<quint32> &version, const std::atomic<qint32> &count, const Cell (&cells)[most])
{
    for (int attempt = 0; attempt < 1000; ++attempt) {
        const quint32 before = version.load(std::memory_order_acquire);
        if (before % 2 != 0)
            continue;
        QList<Row> rows;
        const int known = std::clamp<int>(count.load(relaxed), 0, most);
        for (int i = 0; i < known; ++i)
            rows.append(read(cells[i]));
        std::atomic_thread_fence(std::memory_order_acquire);
        if (version.load(relaxed) == before)
            return rows;
    }
    return {};
}

} // namespace

QList<WorkerRow> rows(const HostBoard &board)
{
    return readAll<WorkerRow>(board.rowsVersion, board.rowCount, board.rows);
}

QList<PluginRow> plugins(const HostBoard &board)
{
    return readAll<PluginRow>(board.pluginsVersion, board.pluginCount, board.plugins);
}

} // namespace quoin::supervisor
