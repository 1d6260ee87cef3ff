// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <memory>
#include <optional>

struct evp_md_ctx_st;

namespace quoin::bagit {

/// The algorithms a bag's manifests may use here. RFC 8493 §2.4 asks for sha256 and sha512 and knows md5 and sha1 from
/// older bags.
enum class Algorithm : int { Md5, Sha1, Sha224, Sha256, Sha384, Sha512 };

inline constexpr std::array allAlgorithms{Algorithm::Md5,    Algorithm::Sha1,   Algorithm::Sha224,
                                          Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512};

/// "sha256" and so on: the name in "manifest-sha256.txt" (RFC 8493 §2.4: lower case, no punctuation).
QByteArray nameOf(Algorithm algorithm);

/// The algorithm of such a name, whatever its case; nothing if it is not one of ours.
std::optional<Algorithm> algorithmNamed(QByteArrayView name);

/// The number of hexadecimal digits of a digest.
qsizetype hexLength(Algorithm algorithm);

/// A digest over bytes that come in pieces. One thread at a time.
class Digester
{
public:
    explicit Digester(Algorithm algorithm);
    Digester(Digester &&) noexcept;
    ~Digester();

    Algorithm algorithm() const { return m_algorithm; }
    void add(QByteArrayView bytes);

    /// The digest of all that was added, in lower-case hexadecimal. Once.
    QByteArray hex();

private:
    struct Free
    {
        void operator()(evp_md_ctx_st *context) const noexcept;
    };
    Algorithm m_algorithm;
    std::unique_ptr<evp_md_ctx_st, Free> m_context;
};

/// The digest of bytes that are all at hand, in lower-case hexadecimal.
QByteArray digestOf(Algorithm algorithm, QByteArrayView bytes);

} // namespace quoin::bagit
