"""How Sphinx makes the site of the pages that docs/stage.py puts together: see ``make docs``."""

import builtins
import inspect
import re
import sys
from typing import Any, Final

from docutils import nodes
from sphinx.application import Sphinx

import srp_cognito
from srp_cognito.documentation import SITE

project = "srp-cognito"
release = srp_cognito.__version__
author = "The srp-cognito authors"
project_copyright = author

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]

# A name in backticks is a link, where there is something of that name.
default_role = "py:obj"
nitpicky = True
nitpick_ignore_regex = [
    ("py:obj", ".*"),
    # The libraries of others, which have sites of their own.
    ("py:class", r"(cryptography|fido2|jwt|pytest|_pytest)\..*"),
    # What a program is handed, or passes on, and never imports.
    (
        "py:class",
        r"srp_cognito\.calls\.(call\.Arguments_co|http_reply\.Headers|replies\.Challenge)",
    ),
    ("py:class", r"srp_cognito\.proof\.(client\.Prover|server\.Checked)"),
    ("py:class", r"srp_cognito\.(diagnosis\.catalogue\.mistake\.Mistake|testing\.newest\.Newest)"),
]

myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline"]

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
toc_object_entries_show_parents = "hide"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
napoleon_numpy_docstring = False

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = f"srp-cognito {release}"
html_baseurl = SITE
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f4f7b", "color-brand-content": "#1f5f9b"},
    "dark_css_variables": {"color-brand-primary": "#8ec2f0", "color-brand-content": "#8ec2f0"},
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

PYTHON: Final = "https://docs.python.org/3/library"


def address_in_python(name: str) -> str | None:
    """Return where Python's own documentation describes one of its names.

    >>> address_in_python("datetime.datetime")
    'https://docs.python.org/3/library/datetime.html#datetime.datetime'
    >>> address_in_python("ValueError")
    'https://docs.python.org/3/library/exceptions.html#ValueError'
    """
    name = {"Executor": "concurrent.futures.Executor"}.get(name, name)
    found = getattr(builtins, name, None)
    if name == "None":
        return f"{PYTHON}/constants.html#None"
    if inspect.isclass(found):
        page = "exceptions" if issubclass(found, BaseException) else "stdtypes"
        page = "functions" if found in {object, type} else page
        return f"{PYTHON}/{page}.html#{name}"
    module = name.rpartition(".")[0]
    if module.partition(".")[0] not in sys.stdlib_module_names:
        return None
    page = (
        module if module in {"collections.abc", "concurrent.futures"} else module.partition(".")[0]
    )
    return f"{PYTHON}/{page}.html#{name}"


def python_name(
    _app: Sphinx, _env: object, node: nodes.Element, text: nodes.Node
) -> nodes.Node | None:
    """Link a name of Python itself, without asking for the list of them over the network."""
    address = address_in_python(node.get("reftarget", ""))
    if address is None or node.get("refdomain") != "py":
        return None
    return nodes.reference("", "", text, internal=False, refuri=address)


def hide_what_is_private(
    _app: Sphinx, _what: str, _name: str, _value: object, _options: object, *given: str | None
) -> tuple[str | None, str | None]:
    """Leave a private field out of a signature: nobody but the library makes a question."""
    signature, returned = given
    return re.sub(r"(, \*)?, _\w+: [^,)]+", "", signature or "") or None, returned


def break_after_underscores(_app: Sphinx, tree: nodes.document, _name: str) -> None:
    """Let the long keys of a table break, so that a page has room for all its columns."""
    for cell in tree.findall(nodes.entry):
        for text in list(cell.findall(nodes.Text)):
            parts = re.split(r"(?<=[_(])(?=\w)", text)
            pieces = [nodes.Text(parts[0])]
            for part in parts[1:]:
                pieces += [nodes.raw("", "<wbr>", format="html"), nodes.Text(part)]
            text.parent.replace(text, pieces)


HIDDEN_COLON: Final = "\ue000"


def hide_colons(_app: Sphinx, what: str, *given: Any) -> None:
    """Keep napoleon from taking the words before a colon for the type of an attribute."""
    if what in {"attribute", "data", "property"}:
        given[-1][:] = [line.replace(":", HIDDEN_COLON) for line in given[-1]]


def show_colons(_app: Sphinx, _what: str, *given: Any) -> None:
    """Undo what `hide_colons` did."""
    given[-1][:] = [line.replace(HIDDEN_COLON, ":") for line in given[-1]]


def link_pages(text: str) -> str:
    """Return a text with a link for each page that it names as a file.

    >>> link_pages("docs/use.md says how.")
    ':doc:`docs/use.md </use>` says how.'
    """
    return re.sub(r"\bdocs/([\w-]+)\.md", r":doc:`docs/\1.md </\1>`", text)


def link_pages_in_docstrings(_app: Sphinx, _what: str, *given: Any) -> None:
    """Make links of the pages that a docstring names."""
    given[-1][:] = map(link_pages, given[-1])


def link_pages_of_faces(_app: Sphinx, name: str, source: list[str]) -> None:
    """Make links of the pages that a module of the reference names."""
    if name.startswith("reference/"):
        source[0] = link_pages(source[0])


def say_nothing_of_types(_app: Sphinx, what: str, _name: str, value: object, *given: Any) -> None:
    """Leave out what Python says of a number or a field that nobody described."""
    lines = given[-1]
    of_its_type = str(type(value).__doc__).partition("\n")[0]
    if what not in {"attribute", "data", "property"} or not lines:
        return
    if lines[0] == of_its_type or lines[0].startswith("Alias for field number"):
        lines.clear()


def setup(app: Sphinx) -> None:
    """Tell Sphinx what to call."""
    app.connect("missing-reference", python_name)
    app.connect("autodoc-process-docstring", hide_colons, priority=400)  # napoleon has 500.
    app.connect("autodoc-process-docstring", show_colons, priority=600)
    app.connect("autodoc-process-docstring", say_nothing_of_types, priority=700)
    app.connect("autodoc-process-docstring", link_pages_in_docstrings)
    app.connect("autodoc-process-signature", hide_what_is_private)
    app.connect("doctree-resolved", break_after_underscores)
    app.connect("source-read", link_pages_of_faces)
