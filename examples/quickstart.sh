#!/usr/bin/env bash
# From nothing to a match: installs what is missing, builds Reseau, and finds edited copies of real
# photographs in a bank that holds no picture. May be run again; needs root only to install packages.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../src/setup/setup.sh"

install_missing
say "Building (Release)"
build release -DCMAKE_BUILD_TYPE=Release -DRESEAU_EXAMPLES=ON

PATH="$reseau_root/build/release/src/cli:$PATH"
pictures="$reseau_root/examples/pictures"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Shows a command as a person would type it, and runs it.
run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

say "1. Hash a photograph"
mkdir known
cp "$pictures"/{coat,raincoat,sandals,shirt}.jpg known/
run reseau hash known/sandals.jpg

say "2. Put four known photographs into a bank: signatures are kept, pictures are not"
run reseau bank init known.bank --level standard
run reseau bank add known.bank known/
rm -r known
run ls -l known.bank

say "3. Edit them as people do, add one photograph the bank does not know, and the test card"
"$reseau_root/build/release/examples/make_edits" "$pictures" uploads
cp "$pictures/flip-flops.jpg" uploads/unrelated.jpg
run reseau testcard uploads/testcard.png
run ls uploads

say "4. Match: every edited copy is found, the unrelated picture is not"
status=0
run reseau match known.bank uploads/ || status=$?
printf '\nThe exit code is %d: at least one match.\n' "$status"
[ "$status" -eq 1 ]

say "Done. The program is $reseau_root/build/release/src/cli/reseau; try its --help."
