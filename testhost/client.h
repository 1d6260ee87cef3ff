// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/testhost.h>

#include <chrono>

namespace quoin::testhost {

/// The bytes of an HTTP/1.1 request. Host and Content-Length are added unless headers hold them.
QByteArray requestBytes(const QByteArray &method, const QByteArray &target, const QByteArray &body,
                        const HeaderList &headers);

/// Sends the bytes over a connected stream socket, which it owns, and reads one response. Blocks: not for the thread
/// that answers. patience: how long any single wait for the other side may take.
TestResponse exchange(int descriptor, const QByteArray &bytes, bool isHead, std::chrono::milliseconds patience);

} // namespace quoin::testhost
