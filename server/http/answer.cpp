// SPDX-License-Identifier: GPL-3.0-only
#include "http/answer.h"

#include "http/status.h"

namespace quoin::http {

Answer Answer::problem(int status, const QString &detail, QByteArrayView requestId, HeaderList headers)
{
    Answer answer;
    answer.status = status;
    answer.headers = std::move(headers);
    answer.headers.append({QByteArrayLiteral("Content-Type"), QByteArrayLiteral("application/problem+json")});
    answer.body = problemBody(status, detail, requestId);
    return answer;
}

} // namespace quoin::http
