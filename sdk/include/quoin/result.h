// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <optional>
#include <utility>

namespace quoin {

/// What kind of failure an Error is. A handler's error becomes the HTTP status in brackets; a task's error is a failed
/// attempt.
enum class ErrorKind : int {
    Invalid = 1,     ///< The caller's input is wrong (400).
    NotFound = 2,    ///< What was named does not exist (404).
    Conflict = 3,    ///< It clashes with what is there (409).
    Unavailable = 4, ///< A part is away or full; trying again later may help (503).
    Internal = 5,    ///< Our own mistake (500). The message goes to the log only, never to a client.
};

/// A kind and one sentence for a person: what, where and what to do. A value; any thread.
class Error
{
public:
    Error() = default;
    Error(ErrorKind kind, QString message)
        : m_kind(kind)
        , m_message(std::move(message))
    {
    }

    static Error invalid(QString message) { return {ErrorKind::Invalid, std::move(message)}; }
    static Error notFound(QString message) { return {ErrorKind::NotFound, std::move(message)}; }
    static Error conflict(QString message) { return {ErrorKind::Conflict, std::move(message)}; }
    static Error unavailable(QString message) { return {ErrorKind::Unavailable, std::move(message)}; }
    static Error internal(QString message) { return {ErrorKind::Internal, std::move(message)}; }

    ErrorKind kind() const { return m_kind; }
    const QString &message() const { return m_message; }

private:
    ErrorKind m_kind = ErrorKind::Internal;
    QString m_message;
};

// Where an Error becomes a Result that is moved, g++ takes the value that is not there for one that is not initialised
// (GCC bug 80635): with -Werror, as a plugin may have it, g++ 14 would end there. What is inlined into Result only.
#if defined(__GNUC__) && !defined(__clang__)
#    pragma GCC diagnostic push
#    pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

/// A value or the Error that prevented it, spelled like std::expected so that it can become it.
/// It stays on one side of the plugin boundary; only Result<> crosses, which holds Qt types alone.
template <class T = void>
class [[nodiscard]] Result
{
public:
    Result(T value)
        : m_value(std::move(value))
    {
    }
    Result(Error error)
        : m_error(std::move(error))
    {
    }

    bool has_value() const { return m_value.has_value(); }
    explicit operator bool() const { return has_value(); }

    /// Requires has_value().
    T &operator*() & { return *m_value; }
    const T &operator*() const & { return *m_value; }
    T &&operator*() && { return *std::move(m_value); }
    T *operator->() { return &*m_value; }
    const T *operator->() const { return &*m_value; }

    /// Requires !has_value().
    const Error &error() const { return m_error; }

private:
    std::optional<T> m_value;
    Error m_error;
};

#if defined(__GNUC__) && !defined(__clang__)
#    pragma GCC diagnostic pop
#endif

/// Success without a value, or an Error. `return {};` is success.
template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error)
        : m_error(std::move(error))
        , m_failed(true)
    {
    }

    bool has_value() const { return !m_failed; }
    explicit operator bool() const { return has_value(); }

    /// Requires !has_value().
    const Error &error() const { return m_error; }

private:
    Error m_error;
    bool m_failed = false;
};

} // namespace quoin
