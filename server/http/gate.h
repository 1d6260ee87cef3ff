// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/answer.h"
#include "http/caller.h"
#include "http/route.h"

#include <functional>
#include <memory>
#include <optional>

namespace quoin::http {

class IncomingRequest;

/// Who wants to know how a request that was let in has ended.
class Sequel
{
public:
    virtual ~Sequel() = default;
    /// The handler has answered, or will never be called and the server answers in its place. The first call counts.
    /// Any thread; never, if the process ends before.
    virtual void answered(int status) = 0;
};

/// What is known of a request that was let in.
struct Admission
{
    std::shared_ptr<const Caller> caller; ///< Shared: of all requests of one credential.
    std::unique_ptr<Sequel> sequel;       ///< Null: nobody wants to know.
};

/// What the gate says: an admission, or the answer to give instead.
struct Verdict
{
    std::unique_ptr<Admission> admission;
    Answer refusal; ///< If there is no admission.
};

/// Decides who may call which route. This part asks it, and knows nothing of how it decides. The loop's thread.
class Gate
{
public:
    /// Whether the gate is to be asked about the route's requests. Asked once for each route, before the first request:
    /// a route that is open costs nothing.
    virtual bool guards(const RouteEntry &route) const = 0;

    /// Asked when the head of a request with a body is there, before the body is read: the refusal, if that is clear
    /// from the head alone. Nothing means that admit() will decide.
    virtual std::optional<Answer> refusalAtHead(const IncomingRequest &request) = 0;

    /// Asked when the request is complete. decided is called once, at once or later, unless the gate ends before.
    virtual void admit(const IncomingRequest &request, std::function<void(Verdict &&)> decided) = 0;

protected:
    ~Gate() = default;
};

} // namespace quoin::http
