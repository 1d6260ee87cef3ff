// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <memory>
#include <string_view>

namespace quoin::http {

/// What is offered to QtHttpServer.
class Guest
{
public:
    virtual ~Guest() = default;
    virtual void admitted() = 0;
};

/// The one place where QtHttpServer is met, and where its versions differ. One per loop, on the loop's thread.
///
/// The module never sees a client: it is shown one virtual socket per loop, on which each complete, valid request of
/// any connection appears as a canonical one, and calls back before offer() returns. docs/decisions/0010 says why.
class QtHttpBridge
{
public:
    QtHttpBridge();
    ~QtHttpBridge();

    /// Shows the module "METHOD / HTTP/1.1"; guest.admitted() is called during it. False: the module did not take it.
    /// The target stays with us: nobody reads the module's copy, its parser takes 300 instructions for each byte, and
    /// what it thinks of an odd URL differs between its versions.
    bool offer(std::string_view method, Guest &guest);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace quoin::http
