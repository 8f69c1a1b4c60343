#!/usr/bin/env bash
# What pyproject.toml promises at its lower bounds: the lowest versions that it allows of everything it names can be
# installed together, and the quick tests pass with them. PYTHON chooses the interpreter, which is to be the oldest that
# is supported. `--check` says only whether that was tried with these bounds; a trial that succeeds writes it down.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
stamp=.ci/lowest.tested
bounds=$("${PYTHON:-python3}" .ci/bounds.py digest)

if [ "${1:-}" = --check ]; then
    [ "$bounds" = "$(cat "$stamp" 2>/dev/null)" ] && exit
    echo "pyproject.toml: its lower bounds have changed since they were tried: run .ci/lowest.sh" >&2
    exit 1
fi

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
"${PYTHON:-python3}" .ci/bounds.py constraints >"$room/lowest.txt"
"${PYTHON:-python3}" -m venv "$room/venv"
# shellcheck disable=SC1091
source "$room/venv/bin/activate"
export PIP_CONSTRAINT="$room/lowest.txt" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_QUIET=1 NUMBA_CACHE_DIR="$room/cache"
unset PYTHONPATH
python --version
pip install -e '.[test]'

# Old versions warn of what has been done about since: that is no failure here.
mapfile -t quick < <(grep -v '^#' .ci/quick_tests.txt)
pytest -q -p no:cacheprovider -o filterwarnings=default "${quick[@]}"
echo "$bounds" >"$stamp"
echo "the lowest versions are right: $(wc -l <"$room/lowest.txt") of them"
