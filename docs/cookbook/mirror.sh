#!/bin/sh
# Keep the newest export of a set: mirror.sh URL SET FOLDER. After a week without a line it is enough to run it once.
set -eu
listed=$(curl -fsS "$1/exports/") # without an answer it ends here and keeps what it has
case $listed in '{"exports":['*) ;; *) echo "$1/exports/ is no list of exports" >&2; exit 1 ;; esac
newest=$(printf '%s' "$listed" | tr '{' '\n' |
  sed -n "s/^\"folder\":\"\([^\"]*\)\".*\"set\":\"$2\",\"format\":\"csv\",\"since\":null,\"position\":\([0-9]*\),.*\"lawDay\":\"\([^\"]*\)\".*/\3 \2 \1/p" |
  sort -k1,1 -k2,2n | tail -n 1 | cut -d ' ' -f 3)
mkdir -p "$3"
cd "$3"
if [ -z "$newest" ]; then # an entry in it has ended (410) and no newer one is there: what is kept may not be shown
  rm -f "$2.csv" ./*.part
  exit
fi
manifest=$(curl -fsS "$1/exports/$newest/manifest.json")
{ printf '%s' "$manifest" | tr -d '\n '; echo; } | tr '{' '\n' | sed -n 's/^"name":"\([^"]*\)".*"sha256":"\([0-9a-f]*\)".*/\2 \1/p' |
  while read -r sha256 name; do
    is() { printf '%s  %s\n' "$sha256" "$1" | sha256sum -c --status 2> /dev/null; }
    is "$name" && continue
    part=$sha256.part
    is "$part" || curl -fsS -C - -o "$part" "$1/exports/$newest/$name" # goes on where an earlier attempt stopped
    is "$part" || { rm "$part"; echo "$name is not what its manifest says; try again" >&2; exit 1; }
    mv "$part" "$name"
  done
rm -f ./*.part
