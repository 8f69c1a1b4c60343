#!/usr/bin/env bash
# The quick tests on the newest Python that is found on the PATH, or among those that pyenv keeps, if it is newer than the
# one that everything else was tried on; else it says that there is none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

newest() {
    for minor in 14 13 12; do
        for python in "python3.$minor" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"3.$minor".*/bin/python3; do
            if "$python" -c "import ensurepip, venv" 2>/dev/null; then
                echo "$python"
                return
            fi
        done
    done
}

python=$(newest)
if [ -z "$python" ] || "${PYTHON:-python3}" -c "import sys; sys.exit(sys.version_info[:2] < $("$python" -c 'import sys; print(sys.version_info[:2])'))"; then
    echo "no Python newer than $("${PYTHON:-python3}" --version) was found: the quick tests on a newer one are skipped"
    exit
fi

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
export PIP_CONSTRAINT="$PWD/constraints.txt" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_QUIET=1 NUMBA_CACHE_DIR="$room/cache"
unset PYTHONPATH VIRTUAL_ENV
"$python" -m venv "$room/venv"
# shellcheck disable=SC1091
source "$room/venv/bin/activate"
python --version
pip install -e . hypothesis jsonschema pytest pytest-benchmark pytest-xdist

# Those of the extras' own libraries take half of the time, and are tried with the oldest and the exact versions.
mapfile -t quick < <(grep -vE '^#|calibration|connect|discovery|plots|precision|sensitivity' .ci/quick_tests.txt)
pytest -q -p no:cacheprovider --hypothesis-profile=brief "${quick[@]}"
