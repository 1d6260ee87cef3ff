// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/digest.h"

#include <openssl/evp.h>

namespace quoin::bagit {

namespace {

struct Known
{
    const char *name;
    qsizetype hexLength;
};
constexpr std::array<Known, allAlgorithms.size()> known{
    {{"md5", 32}, {"sha1", 40}, {"sha224", 56}, {"sha256", 64}, {"sha384", 96}, {"sha512", 128}}};

const Known &knownOf(Algorithm algorithm) { return known[static_cast<std::size_t>(algorithm)]; }

// Fetched once and kept: OpenSSL 3 looks an algorithm up through its providers on every implicit use, which costs more
// than the digest of a small file (OpenSSL's crypto(7), "Performance").
const EVP_MD *implementation(Algorithm algorithm)
{
    static const auto fetched = [] {
        std::array<EVP_MD *, allAlgorithms.size()> all{};
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = EVP_MD_fetch(nullptr, known[i].name, nullptr);
        return all;
    }();
    return fetched[static_cast<std::size_t>(algorithm)];
}

} // namespace

QByteArray nameOf(Algorithm algorithm) { return QByteArray(knownOf(algorithm).name); }

std::optional<Algorithm> algorithmNamed(QByteArrayView name)
{
    for (const Algorithm algorithm : allAlgorithms) {
        if (name.compare(knownOf(algorithm).name, Qt::CaseInsensitive) == 0)
            return algorithm;
    }
    return std::nullopt;
}

qsizetype hexLength(Algorithm algorithm) { return knownOf(algorithm).hexLength; }

void Digester::Free::operator()(evp_md_ctx_st *context) const noexcept { EVP_MD_CTX_free(context); }

Digester::Digester(Algorithm algorithm)
    : m_algorithm(algorithm)
    , m_context(EVP_MD_CTX_new())
{
    // Fails only without memory, or where a FIPS provider refuses md5: then hex() is empty and matches no manifest.
    if (!m_context || EVP_DigestInit_ex2(m_context.get(), implementation(algorithm), nullptr) != 1)
        m_context.reset();
}

Digester::Digester(Digester &&) noexcept = default;
Digester::~Digester() = default;

void Digester::add(QByteArrayView bytes)
{
    if (m_context)
        EVP_DigestUpdate(m_context.get(), bytes.data(), static_cast<std::size_t>(bytes.size()));
}

QByteArray Digester::hex()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (!m_context || EVP_DigestFinal_ex(m_context.get(), digest.data(), &size) != 1)
        return {};
    return QByteArray::fromRawData(reinterpret_cast<const char *>(digest.data()), static_cast<qsizetype>(size)).toHex();
}

QByteArray digestOf(Algorithm algorithm, QByteArrayView bytes)
{
    Digester digester(algorithm);
    digester.add(bytes);
    return digester.hex();
}

} // namespace quoin::bagit
