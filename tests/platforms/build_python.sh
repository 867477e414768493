#!/usr/bin/env bash
# Build a CPython that no package of Debian's is, from Debian's source of its newest CPython:
#
#   free-threaded     without the GIL (--disable-gil)
#   static            _hashlib and _ssl are part of the program, with libcrypto.a linked into it and
#                     its symbols hidden, as in the builds that uv installs
#   static-exporting  the same, but the program exports libcrypto's symbols
#   musl              with the C library of Alpine, by Debian's musl-tools, and without the modules that
#                     need another library, since Debian has none for musl: ctypes, ssl, zlib and more
#
#   tests/platforms/build_python.sh free-threaded|static|static-exporting|musl [FOLDER]
#
# The interpreter is FOLDER/KIND/bin/python3; the sources are kept for the other kinds. It takes some
# minutes and 0.5 GB. Needed: build-essential libbz2-dev libffi-dev liblzma-dev libreadline-dev
# libsqlite3-dev libssl-dev xz-utils zlib1g-dev. Only FOLDER is written to: the list of sources is a
# private one. Debian's patches are left out: they move folders, and switch ensurepip off.
set -euo pipefail

kind=${1-}
folder=${2-${XDG_CACHE_HOME:-$HOME/.cache}/srp-cognito-pythons}
options=()
modules=
case $kind in
    free-threaded) options+=(--disable-gil) ;;
    static | static-exporting)
        modules='*static*
_hashlib _hashopenssl.c -l:libcrypto.a
_ssl _ssl.c -l:libssl.a -l:libcrypto.a'
        ;;
    musl)
        # It asks the compiler whether it is musl's, and this one answers as if it were not.
        compiler=$(mktemp)
        printf '%s\n' '#!/bin/sh' \
            'case "$*" in *--print-multiarch*) echo x86_64-linux-musl ;; *) exec musl-gcc "$@" ;; esac' \
            >"$compiler"
        chmod +x "$compiler"
        options+=("CC=$compiler" PKG_CONFIG=false --without-ensurepip)
        for module in _bz2 _ctypes _curses _curses_panel _dbm _gdbm _hashlib _lzma _sqlite3 _ssl _tkinter \
            _uuid nis readline zlib; do
            options+=("py_cv_module_$module=n/a")
        done
        ;;
    *)
        sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2
        exit 2
        ;;
esac
if [ "$kind" = static ]; then
    options+=(LDFLAGS=-Wl,--exclude-libs,libcrypto.a:libssl.a)
fi

mkdir -p "$folder"
cd "$folder"
folder=$PWD
mkdir -p apt/lists/partial apt/cache
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$key] http://deb.debian.org/debian sid main" >apt/sources.list
cat >apt/apt.conf <<END
Dir::Etc::SourceList "$PWD/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$PWD/apt/lists";
Dir::Cache "$PWD/apt/cache";
END
export APT_CONFIG=$PWD/apt/apt.conf

# The newest version whose files the mirror has: an index may name files that are not there.
source() { compgen -G 'python3.*.orig.tar.xz'; }
if ! source >/dev/null; then
    apt-get update -qq
    for minor in 15 14 13; do
        for release in $(apt-cache showsrc "python3.$minor" | sed -n 's/^Version: //p' | sort -rV); do
            apt-get source -qq --download-only "python3.$minor=$release" >/dev/null 2>&1 && break 2
            rm -f "python3.$minor"_*
        done
    done
fi
source >/dev/null || {
    echo "NOT FOUND: the source of a CPython, at Debian's mirror"
    exit 77
}
if [ ! -d source ]; then
    mkdir unpacked
    tar -xf "$(source)" --strip-components=1 -C unpacked
    mv unpacked source
fi

rm -rf "$kind-build" "$kind"
mkdir -p "$kind-build/Modules"
cd "$kind-build"
echo "$modules" >Modules/Setup.local
{
    ../source/configure --prefix="$folder/$kind" --disable-test-modules "${options[@]}" &&
        make -j2 &&
        make install
} >../"$kind.log" 2>&1 || {
    tail -n 30 ../"$kind.log" >&2
    exit 1
}
cd ..
rm -rf "$kind-build"
if [ "$kind" = musl ]; then
    exec musl/bin/python3 -c 'import sys, sysconfig
print(sys.version)
print(sysconfig.get_config_var("SOABI"))'
fi
"$kind/bin/python3" -c 'import ctypes, ssl, sys, _hashlib
print(sys.version)
print(ssl.OPENSSL_VERSION, "in", getattr(_hashlib, "__file__", "the program"))'
