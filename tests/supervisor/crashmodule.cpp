// SPDX-License-Identifier: GPL-3.0-only
// A library that does every kind of harm it is asked for. Built twice: one is guilty, the other only stands by.
#include "crashmodule.h"

#include <QObject>
#include <QString>

#include <cstdlib>
#include <cstring>
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

/// Writes past the end of one block, over what the allocator keeps about the next, which somebody else frees.
void *corruptHeap()
{
    const std::size_t size = 2000;
    auto *first = static_cast<char *>(std::malloc(size));
    auto *second = static_cast<char *>(std::malloc(size));
    for (volatile char *byte = first; byte != second; ++byte) // volatile: nobody reads it, so it need not be written
        *byte = 'A';
    return second;
}

void callNowhere(quint64 address)
{
    using Function = void (*)();
    const auto function = reinterpret_cast<Function>(address);
    function();
    depth = depth + 1; // not a tail call
}

void misuseQt()
{
    auto *volatile notAnObject = reinterpret_cast<QObject *>(16);
    notAnObject->setObjectName(QStringLiteral("nobody"));
}

/// Constructors run while the file is being loaded.
[[maybe_unused]] const bool s_isLoaded = [] {
    const char *when = std::getenv("QUOIN_TEST_CRASH_AT_LOAD");
    if (when && std::strcmp(when, QUOIN_TEST_MODULE) == 0)
        storeToNull();
    return true;
}();

} // namespace

extern "C" void *misbehave(const char *way)
{
    const QByteArray how(way);
    if (how == "null store")
        storeToNull();
    else if (how == "own thread")
        std::thread(storeToNull).join();
    else if (how == "stack overflow")
        overflow(0);
    else if (how == "stack overflow in own thread")
        std::thread([] { overflow(0); }).join();
    else if (how == "inside Qt")
        misuseQt();
    else if (how == "abort")
        std::abort();
    else if (how == "noexcept")
        promiseNotToThrow();
    else if (how == "exception in own thread")
        std::thread(throwSomething).join();
    else if (how == "double free")
        freeTwice();
    else if (how == "heap corruption")
        return corruptHeap();
    else if (how == "null call")
        callNowhere(0);
    else if (how == "wild call")
        callNowhere(0x123456789000);
    else if (how == "impossible address")
        callNowhere(0xdead00000000beef);
    else if (how == "exit")
        std::exit(3);
    return nullptr;
}

extern "C" void callBack(void (*function)())
{
    function();
    depth = depth + 1; // not a tail call
}
