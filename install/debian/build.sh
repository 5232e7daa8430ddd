#!/bin/sh
# Builds the Debian package around an executable: install/debian/build.sh EXECUTABLE [FOLDER]
# A static executable (install/build-static.sh) makes a package that depends on nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=erp-interventions
[ $# -ge 1 ] || { echo "build.sh EXECUTABLE [FOLDER]" >&2; exit 2; }
executable=$1
out=${2:-.}
version=$("$executable" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 0755 "$root"
install -D -m 0755 "$executable" "$root/usr/bin/$name"
# The same unit as install.sh installs, with the executable where a package puts it.
install -d "$root/lib/systemd/system"
sed "s|/usr/local/bin/|/usr/bin/|" "$here/../$name.service" > "$root/lib/systemd/system/$name.service"
cp "$here/../$name.socket" "$root/lib/systemd/system/$name.socket"
install -d "$root/usr/share/bash-completion/completions" "$root/usr/share/man/man1" "$root/usr/share/doc/$name"
"$executable" completions bash > "$root/usr/share/bash-completion/completions/$name"
"$executable" man | gzip -9n > "$root/usr/share/man/man1/$name.1.gz"
cp "$here/../upgrade.md" "$here/../nginx.conf" "$here/../litestream.yml" "$root/usr/share/doc/$name/"
cp -r "$here/../prometheus" "$root/usr/share/doc/$name/"
install -D -m 0640 "$here/default" "$root/etc/default/$name"

install -d "$root/DEBIAN"
depends=
if ldd "$executable" 2> /dev/null | grep -q libc.so; then depends="Depends: libc6 (>= 2.36)"; fi
{
    echo "Package: $name"
    echo "Version: $version"
    echo "Architecture: $architecture"
    echo "Maintainer: ERP Interventions <maintenance@example.invalid>"
    echo "Section: misc"
    echo "Priority: optional"
    echo "Installed-Size: $(du -sk "$root" | cut -f1)"
    if [ -n "$depends" ]; then echo "$depends"; fi
    echo "Description: maintenance management (GMAO) that a plant runs itself"
    echo " One executable over one SQLite file: web interface, REST API, preventive"
    echo " scheduler, mail notifications and document store."
} > "$root/DEBIAN/control"
echo "/etc/default/$name" > "$root/DEBIAN/conffiles"
for script in preinst postinst prerm postrm; do
    install -m 0755 "$here/$script" "$root/DEBIAN/$script"
done
file=$out/${name}_${version}_${architecture}.deb
dpkg-deb --root-owner-group "-Z${COMPRESSION:-xz}" --build "$root" "$file" > /dev/null
echo "$file"
