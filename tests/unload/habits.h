// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QFile>
#include <QHash>
#include <QJsonObject>
#include <QMetaType>
#include <QObject>
#include <QPromise>
#include <QRegularExpression>
#include <QSemaphore>
#include <QString>
#include <QVariant>

#include <atomic>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>

/// A type that host and library both know.
struct Delivery
{
    int number = 0;
};

/// What a host lends to a library, and what it keeps of it beyond unloading. Each habit uses one or two members; the
/// others stay empty.
struct Kept
{
    // Lent by the host.
    QObject *object = nullptr;    ///< On the main thread; its objectNameChanged is the host's signal.
    QObject *elsewhere = nullptr; ///< On a thread of the host's.
    void (*waitInHost)(Kept &)
        = nullptr; ///< For threads of the library: in the host's code until it has been unloaded.
    QPromise<int> promise;
    std::atomic<int> ran = 0; ///< Counted by the library's code when it runs.
    QSemaphore began;
    QSemaphore goOn;
    QSemaphore ended;

    // Kept of the library.
    std::function<int()> function;
    std::shared_ptr<void> shared;
    std::coroutine_handle<> coroutine;
    std::exception_ptr exception;
    QObject *foreign = nullptr;
    const QMetaObject *metaObject = nullptr;
    QVariant variant;
    QString text;
    QByteArray bytes;
    QHash<QString, int> hash;
    QVariantMap map;
    QJsonObject json;
    QRegularExpression pattern;
    std::unique_ptr<QFile> file;
};

/// The root of the library. It is in no way the plugin interface of the program: that one's plugins cannot be unloaded.
class Habits
{
public:
    /// Does what the habit is about; false if there is none of this name.
    virtual bool acquire(const QByteArray &habit, Kept &kept) = 0;

protected:
    ~Habits() = default;
};

#define HABITS_IID "quoin.test.Habits"
Q_DECLARE_INTERFACE(Habits, HABITS_IID)
