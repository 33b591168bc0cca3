#!/usr/bin/env bash
# R3: mutants of small files of every format, under ASan and UBSan.
#
#   bench/hostile/mutants.sh FUZZER SEEDS [RUNS]
#
# FUZZER is decode_fuzz of a build with -DRESEAU_FUZZ=ON -DRESEAU_SANITIZE=address,undefined; SEEDS a
# folder with a folder of small files for each format. Findings are left in the present folder.
set -uo pipefail
fuzzer=$1 seeds=$2 runs=${3:-100000}
failed=0
for format in "$seeds"/*/; do
  work=$(mktemp -d)
  cp "$format"* "$work"
  start=$SECONDS
  if "$fuzzer" -runs="$runs" -max_len=20000 -rss_limit_mb=2048 -timeout=20 -seed=1 -verbosity=0 \
    -artifact_prefix="$(basename "$format")-" "$work" >"$work.log" 2>&1; then
    echo "$(basename "$format"): $runs mutants, 0 reports, $((SECONDS - start)) s"
  else
    echo "$(basename "$format"): A REPORT, see $work.log"
    failed=1
  fi
  rm -rf "$work"
done
exit $failed
