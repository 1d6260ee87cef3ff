// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/incomingrequest.h"
#include "http/mailbox.h"

#include <quoin/abi.h>

#include <memory>

namespace quoin::http {

/// The answer to one exchange, given from any thread at any time: it holds the exchange's name and no connection.
/// Only the first call counts. Destroyed without one, the client gets a 500.
class Reply final : public abi::Reply
{
public:
    Reply(std::shared_ptr<Mailbox> mailbox, const Token &token, const IncomingRequest &request);
    Reply(const Reply &) = delete;
    Reply &operator=(const Reply &) = delete;
    ~Reply() override;

    void send(int status, const HeaderList &headers, const QByteArray &body) override;
    void stream(int status, const HeaderList &headers, qint64 length, abi::BodySource *owned) override;
    void problem(int status, const HeaderList &headers, const QString &detail) override;
    void error(int kind, const QString &message) override;

private:
    void give(Answer &&answer);

    std::shared_ptr<Mailbox> m_mailbox; ///< Shared: a reply may outlive the server. Null once given.
    Token m_token;
    const IncomingRequest &m_request; ///< Retained.
};

/// The answer to a mistake of ours: the client gets the id, the log gets id and detail.
Answer internalError(QByteArrayView requestId, const QString &detail);

/// The answer when something is full.
Answer overloaded(QByteArrayView requestId, const QString &detail);

} // namespace quoin::http
