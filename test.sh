#!/usr/bin/env bash
# Builds everything and runs every test. Needs the .NET 10 SDK; finds, starts or installs the servers that tests need.
# The last line is "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT

finish() { # passed failed skipped exit-code
  echo "$1 passed, $2 failed, $3 skipped"
  exit "$4"
}

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
  echo "test.sh needs the .NET 10 SDK on the PATH."
  finish 0 1 0 1
fi

# The tests use a connection string from the environment, else Docker, else local programs; those are installed here if
# they are missing and this is root on Debian. A server that is still missing fails its tests, which say so.
has() { compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null || command -v "$1" "/usr/sbin/$1" >/dev/null 2>&1; }
packages=()
has initdb || packages+=(postgresql)
has pgbouncer || packages+=(pgbouncer)
has redis-server || packages+=(redis-server)
if [ ${#packages[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${packages[*]}."
  # RUNLEVEL=1: no server starts by itself; the tests start their own, on free ports.
  { apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}"; } >"$log" 2>&1 || tail -n 5 "$log"
fi

dotnet build CodePool.sln -c Release || finish 0 1 0 1
dotnet test --solution CodePool.sln -c Release --no-build "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

# The runner closes with its own summary ("total: 12", "failed: 0", ...): the last of each is the whole run's.
count() { sed -nE "s/^[[:space:]]*$1: ([0-9]+).*/\1/p" "$log" | tail -n 1; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ -z "$passed" ] || [ "$((passed + failed))" -eq 0 ]; then
  echo "No test was run."
  finish 0 1 0 1
fi

# A crash after the last test still fails the run.
[ "$status" -ne 0 ] && [ "$failed" -eq 0 ] && failed=1
finish "$passed" "$failed" "$skipped" "$((failed > 0))"
