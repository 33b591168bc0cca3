# Sourced by examples/quickstart.sh and tests/run.sh: installs what is missing, and builds.
# Needs root only where something is missing.

# Debian's own, which Debian's python3-* packages are for, whatever else is on the PATH.
python=/usr/bin/python3
reseau_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# Installs the packages of packages.txt that are not there yet.
install_missing() {
  local wanted missing=() package
  mapfile -t wanted < <(grep -vE '^[[:space:]]*(#|$)' "$reseau_root/src/setup/packages.txt")
  for package in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "These packages are missing, and only root can install them. Run as root:" >&2
      echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# build FOLDER [CMake options...]: configures and builds the whole tree in build/FOLDER.
build() {
  local folder="$reseau_root/build/$1"
  shift
  cmake -S "$reseau_root" -B "$folder" -G Ninja "$@" >"$folder.configure.log" 2>&1 ||
    { cat "$folder.configure.log" >&2; return 1; }
  cmake --build "$folder"
}

mkdir -p "$reseau_root/build"
