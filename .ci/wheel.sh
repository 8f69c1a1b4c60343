#!/usr/bin/env bash
# What a user gets: the wheel, built and installed into a fresh virtual environment, plays a scenario from elsewhere than
# this folder, and a user's type checker sees its types. PYTHON chooses the interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
export PIP_CONSTRAINT="$root/constraints.txt" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_QUIET=1 NUMBA_CACHE_DIR="$room/cache"
unset PYTHONPATH

"${PYTHON:-python3}" -m venv "$room/venv"
# shellcheck disable=SC1091
source "$room/venv/bin/activate"
python --version
pip wheel --no-deps --wheel-dir "$room" .
wheel=$(echo "$room"/exportsim-*.whl)
pip install "$wheel" mypy
cp scenarios/quickstart.yaml "$room"
cd "$room"

listing=$(python -m zipfile --list "$wheel")
for file in exportsim/py.typed exportsim/report/html/templates/ exportsim/commands/first_scenarios/ dist-info/licenses/LICENSE; do
    grep -q "$file" <<<"$listing" || { echo "$file is not in the wheel" >&2; exit 1; }
done
exportsim --help >/dev/null
exportsim new first.yaml >/dev/null
exportsim check --strict first.yaml >/dev/null
python -m exportsim run quickstart.yaml --futures 5 --out answer --quiet
exportsim report quickstart.yaml --futures 5 --out answer.html --quiet
grep -q "<svg" answer.html

# A user's code is typed by it: what is right passes, what is wrong is found.
cat >right.py <<'USER'
import exportsim as xs

result: xs.Result = xs.run(xs.load("quickstart.yaml"), futures=5)
mean = float(result.summary()["mean"].iloc[0])
USER
cat >wrong.py <<'USER'
import exportsim as xs

xs.run(xs.load("quickstart.yaml"), futures="five")
USER
mypy --strict --ignore-missing-imports --follow-imports=silent right.py >/dev/null || { mypy --strict right.py; exit 1; }
! mypy wrong.py >wrong.txt
grep -q 'incompatible type "str"; expected "int | None"' wrong.txt || { cat wrong.txt; exit 1; }
echo "the wheel is right: $(basename "$wheel")"
