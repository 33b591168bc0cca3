#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Needs root only to install packages.
#
#   ./tests/run.sh          Release build with g++: all tests
#   ./tests/run.sh --full   and: ASan+UBSan build, TSan build of what uses threads, clang build with
#                           clang-tidy, clang-format, ten seconds of each fuzzer
#
# The last line reads "N passed, N failed, N skipped"; the exit code is 0 only if none failed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../src/setup/setup.sh"

full=no
case "${1:-}" in
  "") ;;
  --full) full=yes ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac

install_missing
cd "$reseau_root"
results=build/results
rm -rf "$results"
mkdir -p "$results"
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS="suppressions=$reseau_root/tests/support/lsan.supp:print_suppressions=0"
export TSAN_OPTIONS="suppressions=$reseau_root/tests/support/tsan.supp:halt_on_error=1"

# check NAME COMMAND...: one more test, told by its exit code.
check() {
  local name=$1 outcome=passed
  shift
  "$@" >"$results/$name.log" 2>&1 || { outcome=failed; cat "$results/$name.log"; }
  echo "$outcome $name" | tee -a "$results/checks.txt"
}

# ctest_in FOLDER [options...]: a failing test does not end the run; the tally tells.
ctest_in() {
  local folder=$1
  shift
  ctest --test-dir "build/$folder" -j "$(nproc)" --output-on-failure --no-tests=error \
    --output-junit "$reseau_root/$results/$folder.xml" "$@" >"$results/$folder.log" 2>&1 ||
    grep -avE '^ *(Start|[0-9]+/[0-9]+ Test.*Passed)' "$results/$folder.log" || true
}

# pytest_in FOLDER PATHS...: the tests that run the program and use what was built there. One path at
# a time: each has a conftest.py of its own.
pytest_in() {
  local folder=$1 path
  shift
  for path; do
    RESEAU_BUILD="$reseau_root/build/$folder" "$python" -B -m pytest -q -p no:cacheprovider \
      --junitxml "$results/pytest-$folder-${path##*/}.xml" "$path" || true
  done
}

say "Release build and its tests"
build tests -DCMAKE_BUILD_TYPE=Release -DRESEAU_TESTS=ON -DRESEAU_BENCH=ON -DRESEAU_PYTHON=ON \
  -DPython3_EXECUTABLE="$python"
ctest_in tests
pytest_in tests tests/project tests/cli tests/c tests/python

if [ "$full" = yes ]; then
  say "clang-format"
  mapfile -t sources < <(git ls-files '*.cpp' '*.h')
  check clang-format clang-format --dry-run -Werror "${sources[@]}"

  say "ASan + UBSan"
  build asan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DRESEAU_SANITIZE=address,undefined -DRESEAU_TESTS=ON
  ctest_in asan
  pytest_in asan tests/cli

  say "TSan: what uses threads"
  build tsan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DRESEAU_SANITIZE=thread -DRESEAU_TESTS=ON
  ctest_in tsan -R '^(index|bank|match|evaluate:A report)'

  say "clang, clang-tidy, fuzzers"
  check clang-tidy build tidy -DCMAKE_CXX_COMPILER=clang++ -DRESEAU_TIDY=ON -DRESEAU_BENCH=ON \
    -DRESEAU_EXAMPLES=ON
  check fuzzers-build build fuzz -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DRESEAU_SANITIZE=address,undefined -DRESEAU_FUZZ=ON -DRESEAU_PROGRAM=OFF
  for fuzzer in build/fuzz/tests/fuzz/*_fuzz; do
    corpus=$(mktemp -d)
    name=$(basename "$fuzzer")
    check "$name" "$fuzzer" -max_total_time=10 -rss_limit_mb=4096 "$corpus" \
      "tests/fuzz/corpus/${name%_fuzz}" examples/pictures
    rm -rf "$corpus"
  done
fi

"$python" -B tests/support/tally.py "$results"
