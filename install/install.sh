#!/bin/sh
# Installs erp-interventions as a systemd service, upgrades it, or takes it away; run again, it changes nothing more.
#
#   install.sh [EXECUTABLE]      install or upgrade; the executable beside this script unless told otherwise
#   install.sh --uninstall       remove all but the data, the settings and the user
#   --nom NAME                   how people reach this machine (gmao.usine.local, 192.168.1.20), for its certificate;
#                                more than once if need be; its own name and address unless told otherwise
#   --local                      for this machine or a proxy on it only: 127.0.0.1:8000, without HTTPS of its own
#   --root DIR                   into this folder instead of the running system (for a package or a trial): starts
#                                nothing and makes no user
#
# The first installation listens to the plant's network with HTTPS (port 8443) and a certificate of its own.
# An upgrade backs the data up first, and keeps the former executable beside the new one: to go back, see upgrade.md.
set -eu

name=erp-interventions
here=$(cd "$(dirname "$0")" && pwd)
root=
executable=
uninstall=
local=
names=

fail() { echo "$*" >&2; exit 1; }

while [ $# -gt 0 ]; do
    case $1 in
        --root) [ $# -gt 1 ] || fail "--root : indiquez un dossier. / --root: name a folder."; root=${2%/}; shift ;;
        --uninstall) uninstall=yes ;;
        --local) local=yes ;;
        --nom) [ $# -gt 1 ] || fail "--nom : indiquez un nom. / --nom: give a name."; names="$names --nom $2"; shift ;;
        -h | --help) sed -n '2,15s/^# \{0,1\}//p' "$0"; exit 0 ;;
        -*) fail "$1 : option inconnue. / unknown option." ;;
        *) executable=$1 ;;
    esac
    shift
done

bin=$root/usr/local/bin/$name
unit=$root/etc/systemd/system/$name.service
settings=$root/etc/default/$name
data=$root/var/lib/$name
bash_completion=$root/usr/share/bash-completion/completions/$name
manual=$root/usr/local/share/man/man1/$name.1

live() { [ -z "$root" ]; }
if live; then
    [ "$(id -u)" = 0 ] || fail "À lancer en root (sudo). / Run as root (sudo)."
    command -v systemctl > /dev/null || fail "systemd est nécessaire. / systemd is needed."
fi

if [ -n "$uninstall" ]; then
    if live; then systemctl disable --now "$name" 2> /dev/null || true; fi
    rm -f "$bin" "$bin.precedent" "$unit" "$bash_completion" "$manual"
    if live; then systemctl daemon-reload; fi
    echo "$name est retiré ; les données restent dans $data. / $name is removed; the data stays in $data."
    exit 0
fi

if [ -z "$executable" ]; then
    for candidate in "$here/$name" "$here/../$name"; do
        if [ -x "$candidate" ]; then executable=$candidate; break; fi
    done
fi
[ -n "$executable" ] || fail "Posez l’exécutable $name à côté de ce script. / Put the executable $name beside this script."
version=$("$executable" --version) || fail "$executable ne démarre pas sur cette machine. / does not run on this machine."

if live && ! id "$name" > /dev/null 2>&1; then
    useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin "$name"
fi
install -d -m 0755 "$(dirname "$bin")" "$(dirname "$unit")" "$(dirname "$settings")" "$(dirname "$bash_completion")" "$(dirname "$manual")"
install -d -m 0700 "$data"
if live; then chown "$name:$name" "$data"; fi

if [ -e "$bin" ] && ! cmp -s "$executable" "$bin"; then
    # Of the version that runs, by the version that runs; if that fails nothing is changed.
    if live && [ -e "$data/erp.sqlite3" ]; then
        setpriv --reuid "$name" --regid "$name" --clear-groups "$bin" backup --data-dir "$data"
        systemctl stop "$name"
    fi
    cp -p "$bin" "$bin.precedent"
fi
if ! cmp -s "$executable" "$bin" 2> /dev/null; then
    # Replaced in one step: a running executable cannot be written to, and half of one must never start.
    install -m 0755 "$executable" "$bin.nouveau"
    mv -f "$bin.nouveau" "$bin"
fi
install -m 0644 "$here/$name.service" "$unit"
if [ ! -e "$settings" ]; then
    if [ -n "$local" ]; then listen=127.0.0.1:8000; else listen=0.0.0.0:8443; fi
    cat > "$settings" << SETTINGS
# Settings of $name, one a line; \`$name config show\` lists them all. Restart the service after a change.
ERP_LISTEN=$listen
# The address that people type, if it is not the first name of the certificate, or once a proxy stands in front:
#ERP_PUBLIC_URL=https://gmao.usine.local
SETTINGS
    chmod 0640 "$settings"
    # Keys are made on the machine that they are for.
    if [ -z "$local" ] && live; then
        # shellcheck disable=SC2086 # a name holds no space
        setpriv --reuid "$name" --regid "$name" --clear-groups "$bin" tls init $names --data-dir "$data"
    fi
fi
"$bin" completions bash > "$bash_completion"
"$bin" man > "$manual"

if live; then
    systemctl daemon-reload
    systemctl --quiet enable "$name"
    systemctl restart "$name"
    echo "$version est en service. / is running."
    # The link for the first administrator, if there is none yet.
    journalctl --sync
    journalctl -u "$name" -n 40 --no-pager -o cat | grep -F "/setup?code=" | tail -n 1 || true
else
    echo "$version est installé dans $root. / is installed in $root."
fi
