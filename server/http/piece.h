// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/mailbox.h"

#include <quoin/abi.h>

#include <memory>

namespace quoin::http {

/// Takes one piece of a pulled body, from any thread. Only the first call counts; destroyed without one, the body has
/// failed.
class Piece final : public abi::Piece
{
public:
    Piece(std::shared_ptr<Mailbox> mailbox, const Token &token);
    Piece(const Piece &) = delete;
    Piece &operator=(const Piece &) = delete;
    ~Piece() override;

    void bytes(const QByteArray &bytes) override;
    void end() override;
    void fail(const QString &reason) override;

private:
    void give(Segment &&segment);

    std::shared_ptr<Mailbox> m_mailbox; ///< Null once given.
    Token m_token;
};

} // namespace quoin::http
