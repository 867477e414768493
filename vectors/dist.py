"""Write what others take the vectors from: a tarball and its checksum, npm and Go packages.

    python vectors/dist.py [FOLDER]    dist/vectors/, if no folder is given

Two runs write the same bytes: files are in order, with one date and no owner.
"""

import gzip
import hashlib
import io
import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGES = {
    **{name: HERE / name for name in ("LICENSE", "README.md", "FLAGS.md", "EXAMPLE.md")},
    "PROTOCOL.md": HERE.parent / "docs" / "protocol.md",
}
"""The pages that every package has, by their path in it."""
MANIFEST = json.loads((HERE / "v1" / "manifest.json").read_text("utf-8"))
VERSION = MANIFEST["version"]
NAME = f"{MANIFEST['suite']}-{VERSION}"


def data() -> dict[str, bytes]:
    """The files that every package has, by their path in it; ValueError if one is not whole."""
    files = {f"v1/{name}": (HERE / "v1" / name).read_bytes() for name in MANIFEST["files"]}
    for name, about in MANIFEST["files"].items():
        if hashlib.sha256(files[f"v1/{name}"]).hexdigest() != about["sha256"]:
            raise ValueError(f"{name} is not what manifest.json says; run make vectors")
    files["v1/manifest.json"] = (HERE / "v1" / "manifest.json").read_bytes()
    return files | {name: text(name) for name in PAGES}


def text(name: str) -> bytes:
    """A page whose links lead to what is in the package; other links are plain text."""

    def led(found: re.Match[str]) -> str:
        label, target = found.groups()
        path, hash_, anchor = target.partition("#")
        if not path or "://" in path:
            return found[0]
        place = (PAGES[name].parent / path).resolve()
        for inside, page in PAGES.items():
            if place == page:
                return f"[{label}]({inside}{hash_}{anchor})"
        return label

    return re.sub(r"\[([^\]]*)\]\(([^)]+)\)", led, PAGES[name].read_text("utf-8")).encode("utf-8")


def npm() -> dict[str, bytes]:
    """The npm package: data, and a module that reads them."""
    package = json.loads((HERE / "packages" / "npm" / "package.json").read_text("utf-8"))
    package["version"] = VERSION
    described = (json.dumps(package, indent=2) + "\n").encode("utf-8")
    index = (HERE / "packages" / "npm" / "index.js").read_bytes()
    return {"package.json": described, "index.js": index, **data()}


def go() -> dict[str, bytes]:
    """The Go module: data, embedded, and a package that reads them."""
    folder = HERE / "packages" / "go"
    return {name: (folder / name).read_bytes() for name in ("go.mod", "vectors.go")} | data()


def tarball(files: dict[str, bytes], top: str) -> bytes:
    """A compressed tar whose bytes depend on the files alone."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, octets in sorted(files.items()):
            entry = tarfile.TarInfo(f"{top}/{name}")
            # npm refuses dates before 1980 in some of its versions, and zip cannot write them.
            entry.size, entry.mtime, entry.mode = len(octets), DATE, 0o644
            tar.addfile(entry, io.BytesIO(octets))
    return gzip.compress(held.getvalue(), 9, mtime=0)


DATE = 499162500
"""26 October 1985: the date that npm itself gives to every file."""


def zipped(files: dict[str, bytes], top: str) -> bytes:
    """A zip in the form of Go's module proxy, whose bytes depend on the files alone."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}", (1985, 10, 26, 8, 15, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, octets)
    return held.getvalue()


def packages() -> dict[str, bytes]:
    """Every file that is written, by its name."""
    plain = tarball(data(), NAME)
    made = {
        f"{NAME}.tar.gz": plain,
        f"{NAME}.tgz": tarball(npm(), "package"),
        f"{NAME}-go.zip": zipped(go(), f"cognito-srp-vectors@v{VERSION}"),
    }
    sums = {name: hashlib.sha256(octets).hexdigest() for name, octets in made.items()}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    alone = f"{sums[f'{NAME}.tar.gz']}  {NAME}.tar.gz\n"
    return made | {"SHA256SUMS": lines.encode(), f"{NAME}.tar.gz.sha256": alone.encode()}


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "dist" / "vectors"
    try:
        made = packages()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    for name, octets in made.items():
        (folder / name).write_bytes(octets)
        print(f"{folder / name}: {len(octets)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
