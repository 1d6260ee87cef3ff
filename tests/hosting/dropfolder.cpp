// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"

#include <QDir>
#include <QFile>

using namespace Qt::StringLiterals;

DropFolder::DropFolder()
{
    QDir().mkpath(path());
    QFile::setPermissions(path(), QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
}

QString DropFolder::add(const QString &id, const QString &name) const
{
    return write(name.isEmpty() ? id + u".so"_s : name, plugin(id));
}

QString DropFolder::write(const QString &name, const QByteArray &bytes) const
{
    QFile target(file(name));
    if (!target.open(QIODevice::WriteOnly) || target.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(target.fileName()));
    target.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    return target.fileName();
}

QByteArray DropFolder::plugin(const QString &id)
{
    QFile source(QStringLiteral(QUOIN_TEST_PLUGINS "/") + id + u".so"_s);
    if (!source.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(source.fileName()));
    return source.readAll();
}
