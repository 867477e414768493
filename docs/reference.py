"""Writes the pages of the reference, for docs/stage.py: one for each face that a program uses.

Which names there are is asked of the faces themselves, so that none is forgotten. Sphinx reads what
stands on the pages from the docstrings.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Final, get_origin, is_typeddict

import srp_cognito

FACES: Final = {
    "sign-in": "srp_cognito.conversation",
    "calls": "srp_cognito.calls",
    "proof": "srp_cognito.proof",
    "errors": "srp_cognito.exceptions",
    "testing": "srp_cognito.testing",
    "authenticator": "srp_cognito.testing.authenticator",
    "fixtures": "srp_cognito.testing.fixtures",
    "diagnosis": "srp_cognito.diagnosis",
    "transcripts": "srp_cognito.transcripts",
    "public-values": "srp_cognito.public_values",
    "wire": "srp_cognito.wire",
}
"""The pages, and the module whose names each has."""

AT_THE_TOP: Final = ("sign-in", "calls", "proof", "errors")
"""The names of these faces are those of the package as well: import them from srp_cognito."""

ONLY: Final = {
    "transcripts": ("Answer", "Values", "Work", "answers", "compute", "verify"),
    "wire": ("read_base64_leniently", "read_hex", "write_base64", "write_hex"),
}
"""Where not all of a face is for programs."""

FIRST: Final = {"sign-in": ("SignIn", "Tokens", "Refresh", "DeviceRegistration", "Question")}
"""What a page begins with. The rest has the order of the alphabet."""

RULES: Final = "The rules of this folder."
"""How the paragraph of a face begins that is for those who change it."""


def pages() -> dict[str, str]:
    """Return the text of each page, in reStructuredText, by its name."""
    made = {f"reference/{name}": "\n".join(_page(name)) for name in FACES}
    return {"reference/index": "\n".join(_index()), **made}


def names_on(page: str) -> list[str]:
    """Return the names that a page describes, in the order of the page."""
    first = FIRST.get(page, ())
    names = ONLY.get(page, importlib.import_module(FACES[page]).__all__)
    return [*first, *(name for name in names if name not in first)]


def _index() -> Iterator[str]:
    yield from _title("Reference", "=")
    yield "What a program may import. Everything else may change."
    yield ""
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield ""
    yield "   * - page"
    yield "     - what it is"
    for name, face in FACES.items():
        yield f"   * - :doc:`{name}`"
        yield f"     - {_paragraphs(face)[0]}"
    yield ""
    yield ".. toctree::"
    yield "   :hidden:"
    yield ""
    yield from (f"   {name}" for name in FACES)
    yield ""


def _page(name: str) -> Iterator[str]:
    face = importlib.import_module(FACES[name])
    yield from _title(_home(name) if name not in AT_THE_TOP else f"srp_cognito: {name}", "=")
    yield f".. py:currentmodule:: {_home(name)}"
    yield ""
    yield "\n\n".join(_paragraphs(FACES[name]))
    yield ""
    if name in AT_THE_TOP:
        yield "Import these names from ``srp_cognito``."
        yield ""
    values = {each: getattr(face, each) for each in names_on(name)}
    # A name of two faces stands on the page of the wing that defines it.
    here = {each: value for each, value in values.items() if not _is_elsewhere(name, each, value)}
    types = {each: value for each, value in here.items() if _is_a_type(value)}
    for each, value in here.items():
        if each not in types and not inspect.ismodule(value):
            yield from _directive(name, face, each, value)
    for each, value in here.items():
        if inspect.ismodule(value):
            yield from _module(name, each, value)
    if types:
        yield from _title("Types", "-")
    for each, value in types.items():
        yield from _directive(name, face, each, value)


def _module(page: str, each: str, module: ModuleType) -> Iterator[str]:
    yield from _title(each, "-")
    yield "\n\n".join(_paragraphs(module.__name__))
    yield ""
    yield f"Import it with ``from srp_cognito import {each}``."
    yield ""
    for inner in module.__all__:
        yield from _directive(page, module, inner, getattr(module, inner), module.__name__)


def _is_a_type(value: object) -> bool:
    """Whether it is a form of dictionaries, or another name for a type."""
    return is_typeddict(value) or not (
        inspect.ismodule(value) or (callable(value) and get_origin(value) is None)
    )


def _home(name: str) -> str:
    return "srp_cognito" if name in AT_THE_TOP else FACES[name]


def _is_elsewhere(page: str, each: str, value: object) -> bool:
    """Whether another page has the name, whose wing defines it."""
    home = getattr(value, "__module__", "") or ""
    wing = FACES[page]
    return not home.startswith(wing) and any(
        other != page and home.startswith(FACES[other]) and each in names_on(other)
        for other in FACES
    )


def _directive(
    page: str, face: ModuleType, each: str, value: object, home: str = ""
) -> Iterator[str]:
    where = home or _home(page)
    if inspect.isclass(value):
        kind = "autoexception" if issubclass(value, BaseException) else "autoclass"
        yield f".. {kind}:: {where}.{each}"
        yield "   :members:"
        if is_typeddict(value):
            yield "   :undoc-members:"
        if _has_a_public_base(value):
            yield "   :show-inheritance:"
    elif callable(value) and get_origin(value) is None:
        yield f".. autofunction:: {where}.{each}"
    else:
        yield f".. autodata:: {_defined_in(face, each)}.{each}"
    yield ""


def _has_a_public_base(value: type) -> bool:
    names = {name for page in FACES for name in names_on(page)}
    return any(
        base.__name__ in names or base in {Exception, ValueError} for base in value.__bases__
    )


def _defined_in(face: ModuleType, each: str) -> str:
    """Return the module that assigns a name: there is what is said of it."""
    parts = pkgutil.walk_packages(srp_cognito.__path__, "srp_cognito.")
    for module in (face.__name__, *(part.name for part in parts)):
        found = importlib.import_module(module)
        if getattr(found, each, None) is not getattr(face, each):
            continue
        if each in _assigned(ast.parse(inspect.getsource(found)).body):
            return module
    raise SystemExit(f"{face.__name__}.{each}: expected a module to assign it")


def _assigned(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that a module assigns, also those that it tries to."""
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from (target.id for target in targets if isinstance(target, ast.Name))
        if isinstance(node, ast.Try):
            yield from _assigned(node.body)


def _paragraphs(module: str) -> list[str]:
    """Return what a module says of itself to those who use it."""
    text = inspect.cleandoc(importlib.import_module(module).__doc__ or "")
    return [part for part in text.split("\n\n") if not part.startswith(RULES)]


def _title(text: str, line: str) -> Iterator[str]:
    yield text
    yield line * len(text)
    yield ""
