// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>
#include <QList>
#include <QPair>
#include <QString>

#include <optional>
#include <string_view>

namespace quoin::celery {

/// What a signature is.
enum class SignatureKind { Task, Chain, Group, Chord };

/// A task call as canvas keeps it for later: {"task", "args", "kwargs", "options", "subtask_type", "immutable"}. Its
/// parts stay their own texts. A value; any thread.
class Signature
{
public:
    /// Invalid, with the reason, for what Celery could not call either. Of one that is nested too deep too.
    static Result<Signature> parse(QByteArrayView text);

    /// The chord that a group becomes when a task follows it.
    static Signature chord(const Signature &header, const Signature &body);

    SignatureKind kind = SignatureKind::Task;
    QString task;
    QByteArray args = QByteArrayLiteral("[]"), kwargs = QByteArrayLiteral("{}");
    bool isImmutable = false; ///< Takes no further arguments.

    /// An option's JSON text; null if it is not there or null.
    QByteArray option(std::string_view name) const;
    QString textOption(std::string_view name) const; ///< Null if it is no string.
    std::optional<qint64> integerOption(std::string_view name) const;
    /// Signatures of link, link_error and chain: a list, or one alone.
    QByteArrayList listOption(std::string_view name) const;

    void setOption(std::string_view name, const QByteArray &value);
    void setTextOption(std::string_view name, const QString &value);
    /// Adds callbacks: to a chord's body; to a task or a chain itself. Invalid for a group, which has no one result.
    Result<> link(const QByteArrayList &callbacks);
    /// Adds errbacks: to a chord's body, to each task of a group, to a task or a chain itself.
    Result<> linkErrors(const QByteArrayList &errbacks);
    const QList<QPair<QByteArray, QByteArray>> &options() const { return m_options; }

    /// The tasks of a chain, a group or a chord's header, as texts; a group in a header counts as what is in it.
    Result<QByteArrayList> tasks() const;
    /// Of a chord.
    Result<Signature> body() const;
    /// Of a chord: the id its header was given.
    QString headerId() const;

    /// These elements (a text without brackets) in front of its arguments, unless it is immutable.
    void prepend(const QByteArray &elements);

    QByteArray toJson() const;

private:
    Result<> addLinks(std::string_view option, const QByteArrayList &links, int depth);
    Result<> addLinksToTasks(std::string_view option, const QByteArrayList &links, int depth);

    QList<QPair<QByteArray, QByteArray>> m_options; ///< In order; each name once.
};

/// "[a, b]" of texts, and back; of an array that is null or empty none.
QByteArray arrayOf(const QByteArrayList &elements);
QByteArrayList elementsOf(QByteArrayView array);

} // namespace quoin::celery
