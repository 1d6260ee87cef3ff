#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
# The walls of the house (docs/architecture.md): which folder may include which. Prints each line that crosses one, and fails.
set -u
cd "$(dirname "$0")/.." || exit 2
status=0

forbid() { # forbid WHY PATTERN FOLDER...
    why=$1 pattern=$2
    shift 2
    if found=$(grep -rnE --include='*.h' --include='*.cpp' --include='*.in' "$pattern" "$@"); then
        printf '%s:\n%s\n' "$why" "$found"
        status=1
    fi
}

own='(http|auth|plugins|database|queue|redis|supervisor|meters|metrics|trace)/'
forbid 'the SDK includes SDK, Qt and std only' "#include *[\"<](server/|bagit/|$own)" sdk
forbid 'a plugin never includes the host' "#include *[\"<](server/|$own)" plugins
forbid 'the bag library knows neither host nor plugins' "#include *[\"<](server/|$own|quoin/(plugin|services|registry|http))" bagit
forbid 'the host never includes a plugin' '#include *["<](\.\./)*plugins/(counter|records|sip)/' server
forbid 'a plugin sees of the test host its header only' '#include *["<](\.\./)*testhost/' plugins sdk
forbid 'the test host never includes a plugin' '#include *["<](\.\./)*plugins/(counter|records|sip)/' testhost
forbid 'the host does not know the test host' '#include *[<"](testhost/|quoin/testhost)' server bagit
for part in http auth plugins database queue redis supervisor; do
    others=$(printf 'http auth plugins database queue redis supervisor' | tr ' ' '\n' | grep -vx "$part" | paste -sd'|')
    [ "$part" = queue ] && others=$(printf '%s' "$others" | sed 's/|redis//') # server/queue/celery speaks to Redis
    forbid "server/$part does not include its siblings" "#include *[\"<](server/)?($others)/" "server/$part"
done
forbid 'server/meters knows nobody' '#include *["<](server/)?(http|auth|plugins|database|queue|redis|supervisor|metrics|admin|quoin)/' server/meters
forbid 'server/trace knows none of them' '#include *["<](server/)?(http|auth|plugins|database|queue|redis|supervisor)/' server/trace
forbid 'server/queue knows no Redis; its folder celery does' '#include *["<](server/)?(redis|queue/celery)/' server/queue/*.h server/queue/*.cpp
forbid 'only server/http knows QtHttpServer' '#include *[<"](QtHttpServer|Q(Abstract)?HttpServer)' sdk plugins bagit server/plugins server/database server/queue server/redis
forbid 'plugins do not include each other (counter)' '#include *["<](\.\./)?(records|sip)/' plugins/counter
forbid 'plugins do not include each other (records)' '#include *["<](\.\./)?(counter|sip)/' plugins/records
forbid 'plugins do not include each other (sip)' '#include *["<](\.\./)?(counter|records)/' plugins/sip
forbid 'the desktop admin speaks HTTP only' '#include *["<](server/|sdk/|bagit/|testhost/|plugins/(counter|records|sip)/|(http|database|queue|redis|supervisor)/|quoin/|\.\./)' admin
forbid 'nothing includes the desktop admin' '#include *["<](\.\./)*admin/(client|ui|overview)/|#include *["<](client/api|ui/(page|mainwindow))\.h' server sdk plugins bagit testhost
for page in records packages tasks plugins log overview; do
    [ -d "admin/$page" ] || continue
    others=$(printf 'records packages tasks plugins log overview' | tr ' ' '\n' | grep -vx "$page" | paste -sd'|')
    forbid "admin/$page does not include other pages" "#include *[\"<]($others)/" "admin/$page"
done
forbid 'admin/ui and admin/client know no page' '#include *["<](records|packages|tasks|plugins|log|overview)/' admin/ui admin/client
forbid 'admin/client knows no widgets' '#include *["<](ui/|QWidget>|QApplication>|QDialog>)' admin/client

exit $status
