# Sourced by run and test: installs missing Debian packages and says what it does. Nothing else is fetched but NuGet packages.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

fail() { printf 'cannot %s\n' "$*" >&2; exit 1; }

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok'; }

# need_packages LIST...: each line of a list is a package, or alternatives separated by "|", the first being preferred.
need_packages() {
  local missing=() line alternative found
  while read -r line; do
    found=
    for alternative in ${line//|/ }; do installed "$alternative" && found=1; done
    [ -n "$found" ] || missing+=("${line%%|*}")
  done < <(cat "$@" | grep -v -e '^#' -e '^$')
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "install ${missing[*]}: no apt-get here; install them by hand"
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return 0
  "${root[@]}" apt-get update -qq >/dev/null 2>&1 || true
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || fail "install ${missing[*]}: see the lines above; are Debian's packages reachable?"
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "build: the .NET 10 SDK is not on PATH"
  case "$(dotnet --version)" in 10.*) ;; *) fail "build: .NET SDK $(dotnet --version) found, 10 needed" ;; esac
}

# build WHAT...: Release, quiet; errors are shown.
build() {
  local log
  log="$(mktemp)"
  if ! dotnet build -c Release -v quiet "$@" >"$log" 2>&1; then cat "$log" >&2; rm -f "$log"; fail "build $*"; fi
  rm -f "$log"
}
