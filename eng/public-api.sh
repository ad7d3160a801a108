#!/usr/bin/env bash
# Writes new public members into PublicAPI.Unshipped.txt, for review: eng/public-api.sh [project folder ...]
set -euo pipefail
cd "$(dirname "$0")/.."
for project in "${@:-src/CodePool}"; do
  dotnet format analyzers "$project" --diagnostics RS0016 RS0037 RS0017 --severity warn
  sort -u -o "$project/PublicAPI.Unshipped.txt" "$project/PublicAPI.Unshipped.txt"
done
