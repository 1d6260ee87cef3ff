// SPDX-License-Identifier: GPL-3.0-only
#include "http/router.h"

#include "http/gate.h"
#include "http/routepattern.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::http {

Router::Router()
    : m_root(std::make_unique<Node>())
{
}

Router::Router(Router &&) noexcept = default;
Router &Router::operator=(Router &&) noexcept = default;
Router::~Router() = default;

// ---- Filling ------------------------------------------------------------------------------------------------------

Result<> Router::add(const RouteEntry &entry)
{
    const auto pattern = RoutePattern::parse(entry);
    if (!pattern)
        return pattern.error();

    Path &path = pathOf(*pattern);
    if (const RouteEntry *taken = path.entry(
            {entry.method.constData(), static_cast<std::size_t>(entry.method.size())})) {
        return Error::conflict(
            u"Route %1 %2 of \"%3\" is already declared by \"%4\" as %1 %5; one of them must go."_s.arg(
                QString::fromLatin1(entry.method), entry.pattern, entry.owner, taken->owner, taken->pattern));
    }
    m_order.push_back(path.entries.emplace_back(std::make_unique<RouteEntry>(entry)).get());
    m_order.back()->number = static_cast<int>(m_order.size());
    path.updateAllow();
    return {};
}

void Router::close(const Gate &gate)
{
    for (RouteEntry *entry : m_order)
        entry->isGuarded = gate.guards(*entry);
}

Router::Path &Router::pathOf(const RoutePattern &pattern)
{
    if (pattern.isLiteral()) {
        auto &path = m_literal[pattern.path()];
        if (!path)
            path = std::make_unique<Path>();
        return *path;
    }
    Node *node = m_root.get();
    for (const RoutePattern::Segment &segment : pattern.segments) {
        auto &next = segment.isCapture ? node->capture : node->literals[segment.literal];
        if (!next)
            next = std::make_unique<Node>();
        node = next.get();
    }
    if (!node->path)
        node->path = std::make_unique<Path>();
    return *node->path;
}

const RouteEntry *Router::Path::entry(std::string_view method) const
{
    for (const auto &candidate : entries) {
        if (method
            == std::string_view(candidate->method.constData(), static_cast<std::size_t>(candidate->method.size())))
            return candidate.get();
    }
    return nullptr;
}

namespace {

QByteArray allowOf(QSet<QByteArray> methods)
{
    if (methods.contains("GET"))
        methods.insert("HEAD");
    methods.insert("OPTIONS");
    QByteArrayList sorted(methods.cbegin(), methods.cend());
    std::ranges::sort(sorted);
    return sorted.join(", ");
}

} // namespace

void Router::Path::updateAllow()
{
    QSet<QByteArray> methods;
    for (const auto &candidate : entries)
        methods.insert(candidate->method);
    allow = allowOf(methods);
}

QByteArray Router::allowOfAll() const
{
    QSet<QByteArray> methods;
    for (const RouteEntry *entry : m_order)
        methods.insert(entry->method);
    return allowOf(methods);
}

QList<RouteEntry> Router::routes() const
{
    QList<RouteEntry> routes;
    for (const RouteEntry *entry : m_order)
        routes.append(*entry);
    return routes;
}

// ---- Looking up ---------------------------------------------------------------------------------------------------

RouteMatch Router::find(std::string_view method, std::string_view path) const
{
    RouteMatch match;
    if (const auto literal = m_literal.find(path); literal != m_literal.end()) {
        choose(*literal->second, method, match);
    } else if (path == "*") {
        match.outcome = RouteMatch::Outcome::Options;
        match.allow = allowOfAll();
    } else if (const Path *found = path.starts_with('/') ? descend(*m_root, path.substr(1), match.captures) : nullptr) {
        choose(*found, method, match);
    }
    return match;
}

/// Each node is visited at most once for a path, because its depth is the segment's: the work is bounded by what was
/// declared.
const Router::Path *Router::descend(const Node &node, std::string_view rest, Captures &captures)
{
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    const auto follow = [&](const Node &next) -> const Path * {
        return slash == std::string_view::npos ? next.path.get() : descend(next, rest.substr(slash + 1), captures);
    };
    if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
        if (const Path *found = follow(*literal->second))
            return found;
    }
    if (!node.capture || segment.empty())
        return nullptr;
    captures.append(segment);
    const Path *found = follow(*node.capture);
    if (!found)
        captures.removeLast();
    return found;
}

void Router::choose(const Path &path, std::string_view method, RouteMatch &match)
{
    const RouteEntry *entry = path.entry(method);
    if (!entry && method == "HEAD")
        entry = path.entry("GET");
    if (!entry) {
        match.outcome = method == "OPTIONS" ? RouteMatch::Outcome::Options : RouteMatch::Outcome::WrongMethod;
        match.allow = path.allow;
        return;
    }
    match.outcome = RouteMatch::Outcome::Found;
    match.entry = entry;
    for (qsizetype i = 0; i < match.captures.size(); ++i) {
        if (!isDecodable(match.captures[i]))
            match.outcome = RouteMatch::Outcome::BadPath;
        else if (entry->captureTypes[i] == "integer" && !isCanonicalInteger(match.captures[i]))
            match.outcome = RouteMatch::Outcome::NotFound;
        if (match.outcome != RouteMatch::Outcome::Found)
            return;
    }
}

} // namespace quoin::http
