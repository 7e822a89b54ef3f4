#!/bin/sh
# ConvLens @VERSION@ for Linux, x86_64: installs itself into your home folder. Nothing is downloaded.
# What follows this script in the file is packed; read it with `head -n @LINES@`.
set -eu
umask 022
VERSION=@VERSION@ GLIBC=@GLIBC@ NEEDED_KB=@NEEDED_KB@
TOOLS_AT=@TOOLS_AT@ TOOLS_SIZE=@TOOLS_SIZE@ PAYLOAD_AT=@PAYLOAD_AT@ PAYLOAD_SIZE=@PAYLOAD_SIZE@ SHA256=@SHA256@

say() { if [ -z "$silent" ]; then printf '%s\n' "$*"; fi; }
fail() { printf 'ConvLens is not installed: %s\n' "$*" >&2; exit 1; }

# The folders that would have to be made for a path, the outermost first.
missing() {
    if [ ! -d "$1" ]; then missing "$(dirname "$1")"; printf '%s/\n' "$1"; fi
}

usage() {
    cat <<END
ConvLens $VERSION: installs itself into a folder, with a menu entry and the command convlens.

  sh $0 [--prefix FOLDER] [--silent]

  --prefix FOLDER  where to (default: $prefix)
  --silent         say nothing but what goes wrong; the exit status is 0, 1 (failed) or 2 (wrong use)

An older ConvLens in that folder is replaced; settings and sessions stay. Remove it with FOLDER/uninstall.sh.
END
}

silent=''
if [ "$(id -u)" = 0 ]; then  # for everybody on this computer
    prefix=/opt/convlens data=/usr/local/share bin=/usr/local/bin
else
    : "${HOME:?is not set}"
    prefix=$HOME/.local/opt/convlens data=${XDG_DATA_HOME:-$HOME/.local/share} bin=$HOME/.local/bin
fi
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) [ $# -ge 2 ] || { echo "--prefix needs a folder" >&2; exit 2; }; prefix=$2; shift 2 ;;
        --prefix=*) prefix=${1#--prefix=}; shift ;;
        --silent) silent=yes; shift ;;
        --help | -h) usage; exit 0 ;;
        *) echo "$1 is not known; see --help" >&2; exit 2 ;;
    esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
prefix=${prefix%/}

# Is the file whole, and does it fit this computer?
[ "$(wc -c <"$0")" -eq $((PAYLOAD_AT + PAYLOAD_SIZE)) ] || fail "$0 is not complete. Copy it again."
say "Checking $0 ..."
found=$(tail -c +$((TOOLS_AT + 1)) "$0" | sha256sum | cut -d ' ' -f 1)
[ "$found" = "$SHA256" ] || fail "$0 is damaged. Copy it again."
[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || fail "it is made for Linux on x86_64, and this is $(uname -s) $(uname -m)."
glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2) || glibc=''
if [ "$(printf '%s\n%s\n' "$GLIBC" "${glibc:-0}" | sort -V | head -n 1)" != "$GLIBC" ]; then
    fail "it needs glibc $GLIBC or newer, and this system has ${glibc:-another C library}."
fi
if [ -e "$prefix" ] && [ ! -f "$prefix/installed.txt" ]; then
    [ -d "$prefix" ] && [ -z "$(ls -A "$prefix")" ] || fail "$prefix holds something else. Choose another --prefix."
fi
if ls -l /proc/[0-9]*/exe 2>/dev/null | grep -qF -- "-> $prefix/convlens"; then
    fail "ConvLens runs just now. Close it and try again."
fi
parent=$(dirname "$prefix")
made=$(missing "$parent")
mkdir -p "$parent" || fail "$parent cannot be made. Choose another --prefix."
[ -w "$parent" ] || fail "you may not write into $parent. Choose another --prefix."
free=$(df -Pk "$parent" | awk 'NR == 2 { print $4 }')
[ "$free" -ge "$NEEDED_KB" ] || fail "$parent has $((free / 1024)) MB free, and $((NEEDED_KB / 1024)) MB are needed."

# Unpacked beside its place, so that an interruption leaves an older version as it was.
new=$parent/.convlens-new-$$
old=$parent/.convlens-old-$$
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$new" "$new/tools"
say "Unpacking into $prefix ..."
tail -c +$((TOOLS_AT + 1)) "$0" | head -c "$TOOLS_SIZE" | tar -xzf - -C "$new/tools" || fail "it could not be unpacked."
tail -c +$((PAYLOAD_AT + 1)) "$0" \
    | LD_LIBRARY_PATH="$new/tools" "$new/tools/xz" -dc \
    | tar -xf - --no-same-owner -C "$new" --strip-components=4 ./usr/lib/convlens/ \
    || fail "it could not be unpacked. Is $parent full, or may nothing be run there?"
# Small libraries of the desktop that a bare system lacks. Where it has them, its own are taken.
known=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
for library in "$new"/tools/spare/*; do
    name=${library##*/}
    case $known in *"$name "*) ;; *) mv "$library" "$new/_internal/" ;; esac
done
mv "$new/tools/share" "$new/share"
mv "$new/tools/uninstall.sh" "$new/uninstall.sh"
rm -r "$new/tools"
"$new/convlens" --version >/dev/null || fail "the program does not run here; see the message above."

# What lies outside of the folder, for the uninstaller: one path a line; folders that were made end in a slash.
files=$(cd "$new/share" && find . -type f | sed "s|^\\.|$data|")
{
    printf '%s\n' "$made"
    missing "$bin"
    printf '%s\n' "$files" | while IFS= read -r file; do missing "$(dirname "$file")"; done
    if [ -f "$prefix/installed.txt" ]; then grep '/$' "$prefix/installed.txt" || true; fi
    echo "$bin/convlens"
    printf '%s\n' "$files"
} | awk 'NF && !seen[$0]++' >"$new/installed.txt"
if [ -e "$prefix" ] && [ -x "$prefix/uninstall.sh" ]; then  # menu entries of the older version
    "$prefix/uninstall.sh" --keep-folder --silent || fail "the older version in $prefix could not be replaced."
fi
if [ -e "$prefix" ]; then
    mv "$prefix" "$old"
    for own in "$old"/*; do  # what the school has put there, such as site.toml
        case ${own##*/} in
            convlens | _internal | licences | contents.sha256 | installed.txt | uninstall.sh) ;;
            *) if [ -e "$own" ]; then mv "$own" "$new/"; fi ;;
        esac
    done
fi
mv "$new" "$prefix"
rm -rf "$old"

mkdir -p "$bin" "$data"
ln -sf "$prefix/convlens" "$bin/convlens"
cp -R "$prefix/share/." "$data/"
rm -r "$prefix/share"
# In a desktop entry a path stands in quotation marks, with these characters escaped.
quoted=$(printf '%s' "$prefix/convlens" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
escaped=$(printf '%s' "$quoted" | sed 's/[\\&|]/\\&/g')
sed -i "s|^Exec=convlens |Exec=\"$escaped\" |" "$data/applications/convlens.desktop"
"$prefix/uninstall.sh" --refresh

say "ConvLens $VERSION is installed in $prefix."
say "Start it from the menu, or with $bin/convlens. Licences: $prefix/licences. Remove it with $prefix/uninstall.sh."
exit 0
