// SPDX-License-Identifier: GPL-3.0-only
#include "http/piece.h"

using namespace Qt::StringLiterals;

namespace quoin::http {

Piece::Piece(std::shared_ptr<Mailbox> mailbox, const Token &token)
    : m_mailbox(std::move(mailbox))
    , m_token(token)
{
}

Piece::~Piece()
{
    if (m_mailbox)
        fail(u"the body's source dropped a piece it was asked for"_s);
}

void Piece::bytes(const QByteArray &bytes) { give({Segment::Kind::Bytes, bytes, {}}); }

void Piece::end() { give({Segment::Kind::End, {}, {}}); }

void Piece::fail(const QString &reason) { give({Segment::Kind::Failed, {}, reason}); }

void Piece::give(Segment &&segment)
{
    if (const auto mailbox = std::move(m_mailbox))
        mailbox->post(m_token, std::move(segment));
}

} // namespace quoin::http
