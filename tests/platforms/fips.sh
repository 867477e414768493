#!/usr/bin/env bash
# Signs in under a real FIPS provider of OpenSSL: Debian's, in the folder of Debian that .ci/debian makes.
#
#     tests/platforms/fips.sh [FOLDER]
#
# It needs to be root, and Debian's packages. Three things are shown. With the provider, and a `cryptography`
# that uses the interpreter's OpenSSL, all is as always, the pool too. With the wheel of `cryptography`, which
# has an OpenSSL of its own, there is a sentence instead of a pool: the file of the provider serves one OpenSSL
# of a process, and the interpreter's has it. Where nothing has SHA-256, the library says that.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "${1:-}" != within ]; then
    folder=${1:-$(.ci/debian make)} || { echo "NOT FOUND: Debian's newest suite"; exit 77; }
    exec .ci/debian run "$folder" bash tests/platforms/fips.sh within
fi

export DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/src
needed=(openssl openssl-provider-fips python3-cryptography python3-jwt python3-waitress python3-venv)
# As debootstrap does, it takes a mirror that stands still.
{ apt-get update -qq -o Acquire::Check-Valid-Until=false && apt-get install -qq --yes --no-install-recommends "${needed[@]}"; } >/dev/null 2>&1 ||
    { echo "NOT FOUND: ${needed[*]}"; exit 77; }

home=$(mktemp -d)
modules=$(echo /usr/lib/*/ossl-modules)
openssl fipsinstall -quiet -module "$modules/fips.so" -out "$home/module.cnf"
cat >"$home/fips.cnf" <<CONFIGURATION
config_diagnostics = 1
openssl_conf = openssl_init
.include $home/module.cnf
[openssl_init]
providers = provider_sect
alg_section = algorithm_sect
[provider_sect]
fips = fips_sect
base = base_sect
[base_sect]
activate = 1
[algorithm_sect]
default_properties = fips=yes
CONFIGURATION
# The same properties, and nothing that has them.
sed -e '/^\.include/d' -e 's/^fips = fips_sect/default = base_sect/' "$home/fips.cnf" >"$home/nothing.cnf"

fail() {
    echo "$*" >&2
    exit 1
}

export OPENSSL_CONF=$home/fips.cnf
python3 -c 'import _hashlib, sys; sys.exit(_hashlib.get_fips_mode() != 1)' || fail "the provider is not in use"
python3 tests/platforms/vectors.py
python3 tests/platforms/sign_in.py --pool
python3 -m srp_cognito engine

python3 -m venv "$home/venv"
# pip itself needs digests that the provider does not have.
OPENSSL_CONF=/dev/null "$home/venv/bin/python" -m pip install --quiet cryptography pyjwt waitress
said=$("$home/venv/bin/python" tests/platforms/sign_in.py)
echo "with cryptography's wheel: $said"
[[ $said == *"cryptography makes no RSA key here"* ]] || fail "the pool says something else"

said=$(OPENSSL_CONF=$home/nothing.cnf python3 tests/platforms/sign_in.py 2>&1) && fail "SHA-256 was there"
said=$(tail -n 1 <<<"$said")
echo "without SHA-256: $said"
[[ $said == *SHA-256* ]] || fail "the library does not say that SHA-256 is missing"
