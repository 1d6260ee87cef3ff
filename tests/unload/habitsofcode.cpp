// SPDX-License-Identifier: GPL-3.0-only
#include "habitlist.h"

#include <QCoreApplication>
#include <QFuture>
#include <QTimer>
#include <QtConcurrent>

#include <thread>

namespace {

Kept *s_kept = nullptr;

/// A QObject of a class that only the library knows.
class Own : public QObject
{
public:
    explicit Own(Kept &kept)
        : m_kept(kept)
    {
    }
    ~Own() override { ++m_kept.ran; }

private:
    Kept &m_kept;
};

struct Failure : std::exception
{
    QString what_; // with a destructor
};

struct Suspended
{
    struct promise_type
    {
        Suspended get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() { }
        void unhandled_exception() { }
    };
    std::coroutine_handle<> handle;
};

Suspended countLater(Kept &kept)
{
    ++kept.ran;
    co_return;
}

void keepFunction(QObject *, Kept &kept)
{
    kept.function = [&kept] { return ++kept.ran; };
}

void continueFuture(QObject *, Kept &kept)
{
    kept.promise.start();
    kept.promise.future().then([&kept](int) { ++kept.ran; });
}

void work(Kept &kept)
{
    kept.waitInHost(kept);
    ++kept.ran;
    kept.ended.release();
}

void runConcurrently(QObject *, Kept &kept)
{
    [[maybe_unused]] const auto job = QtConcurrent::run([&kept] { work(kept); });
    kept.began.acquire();
}

void detachThread(QObject *, Kept &kept)
{
    std::thread([&kept] { work(kept); }).detach();
    kept.began.acquire();
}

void suspendCoroutine(QObject *, Kept &kept) { kept.coroutine = countLater(kept).handle; }

void connectToHost(QObject *, Kept &kept)
{
    QObject::connect(kept.object, &QObject::objectNameChanged, [&kept] { ++kept.ran; });
}

void shootOnce(QObject *, Kept &kept)
{
    QTimer::singleShot(1, [&kept] { ++kept.ran; });
}

void deleteLater(QObject *, Kept &kept) { (new Own(kept))->deleteLater(); }

void keepObject(QObject *, Kept &kept) { kept.foreign = new Own(kept); }

void keepShared(QObject *, Kept &kept)
{
    kept.shared = std::shared_ptr<void>(new int(1), [&kept](int *value) {
        ++kept.ran;
        delete value;
    });
}

void keepException(QObject *, Kept &kept) { kept.exception = std::make_exception_ptr(Failure()); }

void handleMessages(QObject *, Kept &kept)
{
    s_kept = &kept;
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) { ++s_kept->ran; });
}

void addPostRoutine(QObject *, Kept &kept)
{
    s_kept = &kept;
    qAddPostRoutine([] { ++s_kept->ran; });
}

} // namespace

HabitList habitsOfCode()
{
    return {
        {"function", keepFunction},       {"continuation", continueFuture}, {"concurrent job", runConcurrently},
        {"thread", detachThread},         {"coroutine", suspendCoroutine},  {"lambda on a signal", connectToHost},
        {"single shot", shootOnce},       {"deleteLater", deleteLater},     {"object", keepObject},
        {"shared pointer", keepShared},   {"exception", keepException},     {"message handler", handleMessages},
        {"post routine", addPostRoutine},
    };
}
