#!/bin/sh
# Removes ConvLens, which install.sh put into this script's folder.
#   uninstall.sh [--silent] [--with-settings]
# --with-settings also removes this user's settings, autosave and added models. Sessions that were saved elsewhere stay.
set -eu
prefix=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
silent='' settings='' task=all
for word; do
    case $word in
        --silent) silent=yes ;;
        --with-settings) settings=yes ;;
        --keep-folder) task=outside ;;  # install.sh: before an update
        --refresh) task=refresh ;;  # install.sh: afterwards
        *) echo "$word is not known; see the first lines of $0" >&2; exit 2 ;;
    esac
done
[ -f "$prefix/installed.txt" ] || { echo "$prefix holds no ConvLens that could be removed." >&2; exit 1; }
data=$(sed -n 's|/applications/convlens.desktop$||p' "$prefix/installed.txt")

# The desktop's own lists of programs and kinds of files, where it has any.
refresh() {
    if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$data/applications" || true; fi
    if command -v update-mime-database >/dev/null && [ -d "$data/mime/packages" ]; then
        update-mime-database "$data/mime" || true
    fi
    if command -v gtk-update-icon-cache >/dev/null && [ -f "$data/icons/hicolor/index.theme" ]; then
        gtk-update-icon-cache -q -t -f "$data/icons/hicolor" || true
    fi
}

if [ "$task" = refresh ]; then refresh; exit 0; fi
while IFS= read -r file; do
    case $file in
        */bin/convlens)  # somebody may have put a link of their own there since
            if [ "$(readlink "$file" 2>/dev/null)" = "$prefix/convlens" ]; then rm -f "$file"; fi ;;
        */) ;;  # folders come last
        *) rm -f "$file" ;;
    esac
done <"$prefix/installed.txt"
if [ "$task" = outside ]; then exit 0; fi

refresh
if [ -d "$data/mime/packages" ] && [ -z "$(ls -A "$data/mime/packages")" ]; then rm -rf "$data/mime"; fi
if [ "$(ls -A "$data/applications" 2>/dev/null)" = mimeinfo.cache ]; then rm "$data/applications/mimeinfo.cache"; fi
own=${CONVLENS_HOME:-${XDG_DATA_HOME:-${HOME:-/root}/.local/share}/ConvLens}
if [ -n "$settings" ]; then rm -rf "$own"; fi
# What running programs have left: where a second start meets the first, and an empty folder of torch's.
for place in "${XDG_RUNTIME_DIR:-}" "${TMPDIR:-/tmp}"; do
    if [ -n "$place" ]; then rm -rf "$place/convlens-$(id -u)" 2>/dev/null || true; fi
done
rmdir "${TMPDIR:-/tmp}/torchinductor_$(id -un)" 2>/dev/null || true
# Folders that were made for it go where nothing is left in them, the innermost first.
folders=$(grep '/$' "$prefix/installed.txt" | sort -r || true)
cd /
rm -rf "$prefix"
printf '%s\n' "$folders" | while IFS= read -r folder; do
    if [ -n "$folder" ]; then rmdir "${folder%/}" 2>/dev/null || true; fi
done
if [ -z "$silent" ]; then
    echo "ConvLens is removed."
    if [ -e "$own" ]; then echo "Your settings are still in $own."; fi
fi
exit 0
