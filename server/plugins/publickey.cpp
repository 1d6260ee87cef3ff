// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/publickey.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

template <auto function>
struct Freeing
{
    template <class T>
    void operator()(T *thing) const
    {
        function(thing);
    }
};

using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;

class OpenSslKey final : public PublicKey
{
public:
    explicit OpenSslKey(Key key)
        : m_key(std::move(key))
    {
    }

    bool verifies(const QByteArray &bytes, const QByteArray &signature) const override
    {
        const auto data = [](const QByteArray &array) {
            return reinterpret_cast<const unsigned char *>(array.constData());
        };
        const std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
        // No digest: Ed25519 hashes by itself (EVP_SIGNATURE-ED25519(7)).
        const bool isGood = context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, m_key.get()) == 1
            && EVP_DigestVerify(context.get(), data(signature), static_cast<size_t>(signature.size()), data(bytes),
                                static_cast<size_t>(bytes.size()))
                == 1;
        ERR_clear_error();
        return isGood;
    }

private:
    const Key m_key;
};

} // namespace

Result<QList<std::shared_ptr<const PublicKey>>> PublicKey::read(const QByteArray &pem, const QString &file)
{
    const std::unique_ptr<BIO, Freeing<BIO_free>> source(
        BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size())));
    QList<std::shared_ptr<const PublicKey>> keys;
    while (source) {
        Key key(PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr));
        if (!key)
            break;
        if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
            ERR_clear_error();
            return Error::invalid(u"%1 holds a key that is not Ed25519: make keys with "
                                  "\"openssl genpkey -algorithm ed25519\""_s.arg(file));
        }
        const auto read = std::make_shared<OpenSslKey>(std::move(key));
        read->file = file;
        keys.append(read);
    }
    ERR_clear_error(); // the end of the text is an error, too
    if (keys.isEmpty()) {
        return Error::invalid(u"%1 holds no public key in PEM: make one with "
                              "\"openssl pkey -in key.pem -pubout -out public.pem\""_s.arg(file));
    }
    return keys;
}

} // namespace quoin::plugins
