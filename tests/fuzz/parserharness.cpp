// SPDX-License-Identifier: GPL-3.0-only
#include "parserharness.h"

#include "http/chunkdecoder.h"
#include "http/headscanner.h"
#include "http/limits.h"
#include "http/requesthead.h"
#include "json/check.h"

#include <algorithm>

using namespace quoin::http;

namespace {

/// Small limits, so that short inputs reach them.
Limits smallLimits()
{
    Limits limits;
    limits.requestLine = 200;
    limits.head = 600;
    limits.fields = 12;
    limits.trailers = 100;
    limits.chunkExtension = 20;
    return limits;
}

/// Uses the parts of the parser in the order a connection does.
class Reader
{
public:
    explicit Reader(qint64 bodyLimit)
        : m_bodyLimit(bodyLimit)
    {
    }

    void take(const QByteArray &portion)
    {
        m_backlog.append(portion.constData(), static_cast<std::size_t>(portion.size()));
        while (!m_hasFailed && !m_backlog.empty() && (m_inBody ? readBody() : readHead())) { }
    }

    std::string verdict() const { return m_verdict; }

private:
    bool fail(const Fault &fault)
    {
        m_hasFailed = true;
        m_verdict += "|" + std::to_string(fault.status);
        return false;
    }

    bool readHead()
    {
        const std::size_t size = m_scanner.scan(m_backlog, m_limits);
        if (m_scanner.fault())
            return fail(m_scanner.fault());
        if (size == 0)
            return false;
        m_bytes = m_backlog.substr(m_scanner.skipped(), size - m_scanner.skipped());
        m_backlog.erase(0, size);
        m_scanner = HeadScanner();
        if (const Fault fault = m_head.parse(m_bytes, m_limits))
            return fail(fault);
        m_verdict += "|" + std::string(m_head.method) + " " + std::string(m_head.path);
        if (m_head.length > m_bodyLimit)
            return fail({413, ""});
        m_inBody = m_head.hasBody();
        m_body.clear();
        m_chunks = ChunkDecoder();
        return true;
    }

    bool readBody()
    {
        std::size_t used = 0;
        if (m_head.chunked) {
            used = m_chunks.feed(m_backlog, m_body, m_bodyLimit, m_limits);
        } else {
            used = std::min(m_backlog.size(), static_cast<std::size_t>(m_head.length - m_body.size()));
            m_body.append(m_backlog.data(), static_cast<qsizetype>(used));
        }
        m_backlog.erase(0, used);
        if (m_chunks.fault())
            return fail(m_chunks.fault());
        m_inBody = m_head.chunked ? !m_chunks.isDone() : m_body.size() < m_head.length;
        if (!m_inBody)
            m_verdict += " " + m_body.toStdString();
        return true;
    }

    const Limits m_limits = smallLimits();
    const qint64 m_bodyLimit;
    std::string m_backlog;
    std::string m_bytes;
    HeadScanner m_scanner;
    RequestHead m_head;
    ChunkDecoder m_chunks;
    QByteArray m_body;
    bool m_inBody = false;
    bool m_hasFailed = false;
    std::string m_verdict;
};

} // namespace

std::string verdictOn(const QByteArrayList &portions, qint64 bodyLimit)
{
    Reader reader(bodyLimit);
    for (const QByteArray &portion : portions)
        reader.take(portion);
    return reader.verdict();
}

QByteArrayList whole(const QByteArray &bytes) { return {bytes}; }

QByteArrayList byteByByte(const QByteArray &bytes)
{
    QByteArrayList portions;
    for (const char byte : bytes)
        portions.append(QByteArray(1, byte));
    return portions;
}

QByteArrayList cutAtRandom(const QByteArray &bytes, const std::function<unsigned()> &random)
{
    QByteArrayList portions;
    for (qsizetype at = 0; at < bytes.size();) {
        const auto size = std::min<qsizetype>(1 + random() % 40, bytes.size() - at);
        portions.append(bytes.sliced(at, size));
        at += size;
    }
    return portions;
}

std::string segmentationFault(const QByteArray &bytes, const std::function<unsigned()> &random)
{
    const std::string expected = verdictOn(whole(bytes));
    const std::string single = verdictOn(byteByByte(bytes));
    const std::string cut = verdictOn(cutAtRandom(bytes, random));
    static_cast<void>(quoin::json::check(bytes)); // any bytes: it must only come back
    if (single == expected && cut == expected)
        return {};
    return "whole \"" + expected + "\", byte by byte \"" + single + "\", cut \"" + cut + "\"";
}
