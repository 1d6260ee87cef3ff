// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packagesaver.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace admin {

PackageSaver::PackageSaver(QObject *parent)
    : QObject(parent)
{
}

PackageSaver::~PackageSaver() = default;

void PackageSaver::setSession(Session *session)
{
    delete m_reply;
    m_file.reset(); // uncommitted: nothing is left
    m_session = session;
}

void PackageSaver::save(const QJsonObject &package, const QString &path)
{
    if (!m_session || m_reply)
        return;
    m_path = path;
    m_expected = package[u"sha256"_s].toString().toLatin1().toLower();
    m_size = package[u"size"_s].toInteger();
    m_received = 0;
    m_writeError.clear();
    m_hash.reset();
    m_file = std::make_unique<QSaveFile>(path);
    if (!m_file->open(QIODevice::WriteOnly)) {
        const QString reason = m_file->errorString();
        m_file.reset();
        Q_EMIT failed(tr("%1 cannot be written: %2. Choose another place.").arg(path, reason));
        return;
    }
    const QString file = u"/sip/"_s + QString::number(package[u"id"_s].toInteger()) + u"/file"_s;
    m_reply = m_session->api().send({.path = file, .streamed = true}, this);
    connect(m_reply, &ApiReply::received, this, &PackageSaver::take);
    m_reply->then(this, [this](const ApiReply &reply) {
        m_reply = nullptr;
        finish(reply);
    });
    Q_EMIT progressed();
}

void PackageSaver::cancel()
{
    if (m_reply)
        m_reply->abort();
}

void PackageSaver::take(const QByteArray &bytes)
{
    m_hash.addData(bytes);
    m_received += bytes.size();
    if (m_file->write(bytes) != bytes.size()) {
        m_writeError = m_file->errorString(); // a full disk
        m_reply->abort();
        return;
    }
    Q_EMIT progressed();
}

void PackageSaver::finish(const ApiReply &reply)
{
    const QString name = QFileInfo(m_path).fileName();
    if (!m_writeError.isEmpty()) {
        give(tr("%1 cannot be written: %2. Make room, or choose another place.").arg(m_path, m_writeError));
    } else if (reply.problem().kind == Problem::Kind::Cancelled) {
        give({});
    } else if (!reply.isOk()) {
        give(tr("%1 was not saved. %2").arg(name, reply.problem().sentence()));
    } else if (m_received != m_size) {
        give(tr("%1 was not saved: %2 bytes came where the package has %3. Verify the package, then try again.")
                 .arg(name)
                 .arg(m_received)
                 .arg(m_size));
    } else if (m_hash.result().toHex() != m_expected) {
        give(tr("%1 was not saved: what came has another SHA-256 (%2) than the package (%3). Verify the package on the "
                "server; its file may be damaged.")
                 .arg(name, QString::fromLatin1(m_hash.result().toHex()), QString::fromLatin1(m_expected)));
    } else if (!m_file->commit()) {
        give(tr("%1 cannot be written: %2. Choose another place.").arg(m_path, m_file->errorString()));
    } else {
        m_file.reset();
        Q_EMIT saved(m_path);
    }
}

void PackageSaver::give(const QString &sentence)
{
    m_file.reset();
    Q_EMIT failed(sentence);
}

} // namespace admin
