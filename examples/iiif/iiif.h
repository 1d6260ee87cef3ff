// SPDX-License-Identifier: MIT
#pragma once

#include "studio.h"

#include <quoin/plugin.h>

#include <memory>

namespace iiif {

/// The images of a folder by the IIIF Image API 2.1 (https://iiif.io/api/image/2.1/), to whose sections the comments
/// refer. All handlers block, and so run on the pool.
class Iiif final : public QObject, public quoin::Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "iiif.json") // made by quoin_add_plugin()
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override;
    quoin::Result<> start(quoin::Services &services) override;
    void stop() override;

private:
    using Answer = quoin::Result<quoin::Response>;

    Answer base(const quoin::Request &request, const QByteArray &identifier) const;
    Answer info(const quoin::Request &request, const QByteArray &identifier) const;
    Answer image(const quoin::Request &request, const QByteArray &identifier, const QString &region,
                 const QString &size, const QString &rotation, const QString &last) const;

    quoin::Result<std::unique_ptr<SourceImage>> open(const QByteArray &identifier) const;
    Answer describeImage(const quoin::Request &request, const QByteArray &identifier) const;
    Answer makeImage(const quoin::Request &request, const QByteArray &identifier, const ImageRequest &wanted) const;
    QByteArray baseUri(const quoin::Request &request, const QByteArray &identifier) const;

    QString m_folder;
    QByteArray m_url;
    Limits m_limits;
    std::unique_ptr<Studio> m_studio; ///< From start() to stop().
};

} // namespace iiif
