// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/route.h"

#include <quoin/result.h>

#include <QVarLengthArray>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace quoin::http {

class Gate;

/// What a request's method and path lead to.
struct RouteMatch
{
    enum class Outcome : quint8 {
        NotFound,    ///< 404
        Found,       ///< entry and captures are set
        BadPath,     ///< 400: a capture with a malformed escape or %00
        WrongMethod, ///< 405 with Allow
        Options,     ///< 204 with Allow
    };

    Outcome outcome = Outcome::NotFound;
    const RouteEntry *entry = nullptr; ///< Lives as long as the router.
    QByteArray allow;
    QVarLengthArray<std::string_view, 4> captures; ///< Percent-encoded, within the path that was looked up.
};

/// From path and method to a route. Paths are compared as received: "/a/" is not "/a", "." and ".." are names like
/// others. A literal segment beats a capture. Filled at start, then constant and safe in any thread.
class Router
{
public:
    Router();
    Router(Router &&) noexcept;
    Router &operator=(Router &&) noexcept;
    ~Router();

    /// Invalid if the pattern is malformed; Conflict, naming both owners, if the method and an equal pattern are taken.
    Result<> add(const RouteEntry &entry);

    /// Marks the routes that the gate guards. When all have been added.
    void close(const Gate &gate);

    RouteMatch find(std::string_view method, std::string_view path) const;

    /// In the order added.
    QList<RouteEntry> routes() const;

private:
    /// All the methods of one path.
    struct Path
    {
        std::vector<std::unique_ptr<RouteEntry>> entries;
        QByteArray allow;
        const RouteEntry *entry(std::string_view method) const;
        void updateAllow();
    };
    struct Hash
    {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    template <class T>
    using Map = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
    struct Node
    {
        Map<std::unique_ptr<Node>> literals;
        std::unique_ptr<Node> capture;
        std::unique_ptr<Path> path;
    };
    using Captures = QVarLengthArray<std::string_view, 4>;

    Path &pathOf(const struct RoutePattern &pattern);
    static const Path *descend(const Node &node, std::string_view rest, Captures &captures);
    static void choose(const Path &path, std::string_view method, RouteMatch &match);
    QByteArray allowOfAll() const;

    Map<std::unique_ptr<Path>> m_literal; ///< Patterns without captures: one look-up.
    std::unique_ptr<Node> m_root;         ///< The others, by segment.
    std::vector<RouteEntry *> m_order;
};

} // namespace quoin::http
