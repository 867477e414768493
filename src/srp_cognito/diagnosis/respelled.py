"""What shells, files, forms, encodings and keyboards make of a text on its way.

Each function is a rule: from the text that was meant it makes those that may have arrived, each
with the words that say which form it is. The likeliest comes first. A rule may also make the text
itself, which is then nothing that went wrong. However long the text is, a rule makes few others of
it.
"""

# ruff: noqa: RUF001 - Signs that look alike are what some of these mistakes are about.

import base64
import hashlib
import html
import json
import re
import shlex
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from html.entities import codepoint2name
from itertools import islice
from typing import Final, TypeAlias
from urllib.parse import quote, quote_plus, unquote_to_bytes

__all__ = [
    "Forms",
    "Rule",
    "based",
    "batch",
    "cased",
    "comment",
    "cut",
    "digits",
    "dollar",
    "encoded",
    "escaped",
    "exclamation",
    "hashed",
    "html_decoded",
    "html_encoded",
    "invisible",
    "layout",
    "line_end",
    "mojibake",
    "normalised",
    "number",
    "only_ascii",
    "partial",
    "percent_decoded",
    "percent_encoded",
    "placeholder",
    "quotes_kept",
    "quotes_lost",
    "shortened",
    "space_added",
    "space_lost",
    "template",
    "typography",
    "unescaped",
    "utf_16",
]

Forms: TypeAlias = Iterator[tuple[str, str | bytes]]
Rule: TypeAlias = Callable[[str], Forms]

NBSP: Final = "\N{NO-BREAK SPACE}"
NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"

LENGTHS: Final = (8, 10, 12, 14, 15, 16, 18, 20, 24, 25, 30, 32, 40, 50, 56, 60, 64, 71, 72)
LONG_LENGTHS: Final = (80, 99, 100, 127, 128, 200, 255, 256, 512, 1024)

MOST_CUTS: Final = 8
"""A text is cut at this many different characters."""


# White space and what nobody sees.


def space_added(text: str) -> Forms:
    """White space at an end, as it is copied with a text."""
    yield "a space at its end", f"{text} "
    yield "a space at its beginning", f" {text}"
    yield "a space at both ends", f" {text} "
    yield "a tab at its end", f"{text}\t"
    yield "a no-break space at its end", f"{text}{NBSP}"
    yield "two spaces at its end", f"{text}  "


def line_end(text: str) -> Forms:
    """Other ends of lines than those that have a row of their own."""
    yield "a carriage return at its end", f"{text}\r"
    yield "two newlines at its end", f"{text}\n\n"
    yield 'a space and a line break, as "echo" of cmd.exe writes', f"{text} \r\n"
    yield '"-n" before it, as some shells\' echo writes', f"-n {text}\n"
    yield "a newline at its beginning", f"\n{text}"


def space_lost(text: str) -> Forms:
    """White space that is lost, other than at both ends alike."""
    yield "at its end", text.rstrip()
    yield "at its beginning", text.lstrip()
    yield "only spaces, tabs and line breaks", text.strip(" \t\r\n\0\v")
    yield "everywhere", "".join(text.split())
    yield "several made one", " ".join(text.split())


def invisible(text: str) -> Forms:
    """Characters without a width, added or lost."""
    yield "a zero-width space at its end", f"{text}\N{ZERO WIDTH SPACE}"
    yield "a zero-width space at its beginning", f"\N{ZERO WIDTH SPACE}{text}"
    yield "a byte order mark at its beginning", f"\N{ZERO WIDTH NO-BREAK SPACE}{text}"
    yield "a byte order mark at its end", f"{text}\N{ZERO WIDTH NO-BREAK SPACE}"
    yield "a left-to-right mark at its end", f"{text}\N{LEFT-TO-RIGHT MARK}"
    yield "a left-to-right mark at its beginning", f"\N{LEFT-TO-RIGHT MARK}{text}"
    yield "a NUL at its end", f"{text}\0"
    yield (
        "all such characters lost",
        "".join(letter for letter in text if unicodedata.category(letter) not in ("Cf", "Cc")),
    )


# Shells, and files that are read like them.


def dollar(text: str) -> Forms:
    """What is left of a text with a $ in which names are replaced."""
    if "$" not in text:
        return
    shell = re.sub(
        rf"\$(?:{NAME}|\{{[^}}]*\}}|[0-9@*!-])",
        "",
        re.sub(r"\$[#?]", "0", text),
        flags=re.ASCII,
    )
    yield "a name replaced by nothing", shell
    yield (
        "a name replaced by nothing, and $$ by $",
        re.sub(rf"\$(\$|{NAME}|\{{[^}}]*\}})", lambda found: "$" if found[1] == "$" else "", text),
    )
    yield "cut at the first $", text.partition("$")[0]
    yield "a name in braces replaced by nothing", re.sub(r"\$\{[^}]*\}", "", text)
    yield "$$ replaced by $", text.replace("$$", "$")
    yield "each $ doubled", text.replace("$", "$$")
    yield "each $ lost", text.replace("$", "")
    yield "a backslash before each $", text.replace("$", r"\$")
    yield "a command replaced by nothing", re.sub(r"\$\([^)]*\)", "", text)
    yield (
        "one letter replaced by nothing, as make does it",
        re.sub(
            r"\$(\$|\{[^}]*\}|\([^)]*\)|.|$)",
            lambda found: "$" if found[1] == "$" else "",
            text,
            flags=re.DOTALL,
        ),
    )
    values = {"HOME": "/root", "USER": "root", "LOGNAME": "root", "PWD": "/", "SHELL": "/bin/sh"}
    yield (
        "replaced by root's variables",
        re.sub(
            rf"\$(?:({NAME})|\{{({NAME})\}})",
            lambda found: values.get(found[1] or found[2], ""),
            text,
        ),
    )


def exclamation(text: str) -> Forms:
    """What is left of a text with a ! in a shell that has a history."""
    if "!" not in text:
        return
    yield "a backslash before each !", text.replace("!", r"\!")
    yield "cut at the first !", text.partition("!")[0]
    yield "a ! and the word after it replaced by nothing", re.sub(r"!\S*", "", text)
    yield "each ! lost", text.replace("!", "")
    yield "a name between two ! replaced by nothing", re.sub(r"![^!]*!", "", text)


def batch(text: str) -> Forms:
    """What cmd.exe makes of % and ^."""
    yield "%name% replaced by nothing", re.sub(r"%[^%]+%", "", text)
    yield "each % lost", text.replace("%", "")
    yield "%% replaced by %", text.replace("%%", "%")
    yield "each % doubled", text.replace("%", "%%")
    yield "each ^ lost", re.sub(r"\^(.?)", r"\1", text, flags=re.DOTALL)
    yield "each ^ doubled", text.replace("^", "^^")


def template(text: str) -> Forms:
    """What templates and formats make of braces and the like."""
    yield "{{name}} replaced by nothing", re.sub(r"\{\{.*?\}\}", "", text)
    yield "#{name} replaced by nothing", re.sub(r"#\{.*?\}", "", text)
    yield "%(name)s replaced by nothing", re.sub(r"%\([^)]*\)[a-z]", "", text)
    yield "{name} replaced by nothing", re.sub(r"\{[^{}]*\}", "", text)
    yield "braces doubled", text.replace("{", "{{").replace("}", "}}")
    yield "doubled braces made single", text.replace("{{", "{").replace("}}", "}")


def comment(text: str) -> Forms:
    """What is left before what begins a comment."""
    for sign in "#;":
        if sign in text:
            before = text.partition(sign)[0]
            yield f"at the first {sign}", before.rstrip()
            yield f"at the first {sign}, with the space before it", before
    if " #" in text:
        yield "at the first # after a space", text.partition(" #")[0].rstrip()


_SIGNS: Final = {" ": "space", "\0": "NUL", "\n": "newline", "\r": "carriage return", "\t": "tab"}


def cut(text: str) -> Forms:
    """What is left before or after a sign at which something was split."""
    signs = (letter for letter in dict.fromkeys(text) if not letter.isalnum())
    for sign in islice((each for each in signs if each not in "#;$!"), MOST_CUTS):
        before, _, after = text.partition(sign)
        name = _SIGNS.get(sign, sign if sign.isprintable() else f"U+{ord(sign):04X}")
        yield f"what is before the first {name}", before
        yield f"what is after the first {name}", after


def shortened(text: str) -> Forms:
    """The beginning of a text that is too long for something."""
    octets = text.encode()
    for length in (*LENGTHS, *LONG_LENGTHS):
        if length < len(text):
            yield f"after {length} characters", text[:length]
        if len(text) < len(octets) and length < len(octets):
            yield f"after {length} bytes", octets[:length]


def partial(text: str) -> Forms:
    """A text that was not copied as a whole, or more than once."""
    yield "the last character is missing", text[:-1]
    yield "the first character is missing", text[1:]
    yield "it is there twice", text + text


# Quotes and escapes.


def quotes_kept(text: str) -> Forms:
    """A text with the quotes that were around it."""
    yield "double quotes", f'"{text}"'
    yield "single quotes", f"'{text}'"
    yield "a double quote at its end", f'{text}"'
    yield "a double quote at its beginning", f'"{text}'
    yield "a single quote at its end", f"{text}'"
    yield "a single quote at its beginning", f"'{text}"
    yield "typographic quotes", f"“{text}”"
    yield "backticks", f"`{text}`"
    yield "b'...', as Python writes bytes", f"{text.encode()!r}"
    yield "a list of one text", f"['{text}']"
    yield "a comma at its end", f"{text},"


def quotes_lost(text: str) -> Forms:
    """A text whose own quotes are taken for those around it."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        yield "around it", text[1:-1]
    yield "at its ends", text.strip("\"'")
    yield "everywhere", re.sub("[\"']", "", text)
    yield "each ' doubled, as in SQL", text.replace("'", "''")
    yield 'each " doubled, as in CSV', text.replace('"', '""')
    yield "cut at the first quote", re.split("[\"']", text, maxsplit=1)[0]
    with suppress(ValueError):
        yield "as a shell reads it", "".join(shlex.split(text)[:1])


def escaped(text: str) -> Forms:
    """A text with the escapes that were written for another reader."""
    yield "as in JSON", json.dumps(text, ensure_ascii=False)[1:-1]
    yield "as in JSON, in ASCII", json.dumps(text)[1:-1]
    yield r"as in JSON, with \/", json.dumps(text)[1:-1].replace("/", r"\/")
    yield (
        r"as in JSON, with \u003c",
        re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text)[1:-1]),
    )
    yield "quotes and backslashes", re.sub(r"([\"'\\])", r"\\\1", text)
    yield "single quotes", text.replace("'", r"\'")
    yield "each backslash doubled", text.replace("\\", r"\\")
    yield "everything that a shell reads", re.sub(r"([^A-Za-z0-9_./:=@%+,-])", r"\\\1", text)
    yield "everything that is not a letter or a digit", re.sub(r"([^A-Za-z0-9_])", r"\\\1", text)
    yield "single quotes, as in a shell", text.replace("'", "'\\''")


_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "a": "\a"}


def _unescape(found: re.Match[str]) -> str:
    number = found[1] or found[2]
    return chr(int(number, 16)) if number else _ESCAPES.get(found[3], found[3])


def unescaped(text: str) -> Forms:
    """A text whose own backslashes are read as escapes."""
    if "\\" not in text:
        return
    yield "each backslash lost", re.sub(r"\\(.?)", r"\1", text, flags=re.DOTALL)
    yield (
        r"\n and the like read as one character",
        re.sub(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", _unescape, text, flags=re.DOTALL),
    )
    yield "the last backslash lost", text.removesuffix("\\")
    yield "slashes instead of backslashes", text.replace("\\", "/")


def percent_encoded(text: str) -> Forms:
    """A text as forms and addresses write it, and nobody read it back."""
    octets = text.encode()
    yield "everything", quote(octets, safe="")
    yield "as encodeURIComponent does it", quote(octets, safe="!'()*~")
    yield "as a form does it", quote_plus(octets)
    yield "as encodeURI does it", quote(octets, safe=";,/?:@&=+$-_.!~*'()#")
    yield (
        "in lower case",
        re.sub("%..", lambda found: found[0].lower(), quote(octets, safe="")),
    )
    yield "twice", quote(quote(octets, safe=""), safe="")
    yield "a + for each space", text.replace(" ", "+")
    yield "%20 for each space", text.replace(" ", "%20")


def percent_decoded(text: str) -> Forms:
    """A text that was read as if it had been written for an address."""
    yield "each %XX read as a byte", unquote_to_bytes(text)
    yield "each %XX read as a byte, and each + as a space", unquote_to_bytes(text.replace("+", " "))
    yield "each + read as a space", text.replace("+", " ")
    yield "cut at the first &", text.partition("&")[0]


def html_encoded(text: str) -> Forms:
    """A text as pages write it."""
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    quoted = entities.replace('"', "&quot;")
    yield "&amp;, &lt;, &gt; and &quot;", quoted
    yield "&#39; too", quoted.replace("'", "&#39;")
    yield "&#039; too", quoted.replace("'", "&#039;")
    yield "&#x27; too", quoted.replace("'", "&#x27;")
    yield "&apos; too", quoted.replace("'", "&apos;")
    yield "&#34; and &#39;", entities.replace('"', "&#34;").replace("'", "&#39;")
    yield "&amp;, &lt; and &gt;", entities
    yield "twice", quoted.replace("&", "&amp;")
    yield (
        "names for accents",
        "".join(f"&{codepoint2name[ord(e)]};" if ord(e) in codepoint2name else e for e in text),
    )
    yield (
        "numbers for all but ASCII",
        "".join(e if e.isascii() else f"&#{ord(e)};" for e in text),
    )


def html_decoded(text: str) -> Forms:
    """A text that was read as if it came from a page."""
    yield "entities read", html.unescape(text)
    yield "tags lost", re.sub(r"<[^>]*>?", "", text)
    yield "< and > lost", re.sub("[<>]", "", text)


# Bytes.


def encoded(text: str) -> Forms:
    """A text in an encoding with a byte for each character, or in one of East Asia."""
    if text.isascii():
        return
    for name, codec in (("Latin-1", "latin-1"), ("Windows-1252", "cp1252")):
        yield name, text.encode(codec, "replace")
    for name, codec in (
        ("Latin-9", "iso8859-15"),
        ("Mac Roman", "mac-roman"),
        ("code page 850", "cp850"),
        ("code page 437", "cp437"),
        ("Latin-2", "iso8859-2"),
        ("Windows-1250", "cp1250"),
        ("Windows-1251", "cp1251"),
        ("KOI8-R", "koi8-r"),
        ("Shift JIS", "cp932"),
        ("GB 18030", "gb18030"),
        ("Big5", "big5"),
        ("EUC-KR", "euc-kr"),
        ("UTF-7", "utf-7"),
    ):
        with suppress(UnicodeEncodeError):
            yield name, text.encode(codec)
    utf_16 = text.encode("utf-16-be")
    units = [int.from_bytes(utf_16[at : at + 2], "big") for at in range(0, len(utf_16), 2)]
    yield "the low byte of each UTF-16 unit", bytes(unit & 0xFF for unit in units)
    yield (
        "each half of a surrogate pair by itself",
        b"".join(chr(unit).encode("utf-8", "surrogatepass") for unit in units),
    )


def utf_16(text: str) -> Forms:
    """A text in UTF-16 or UTF-32, or in UTF-8 with a byte order mark."""
    little, big = text.encode("utf-16-le"), text.encode("utf-16-be")
    yield "little-endian", little
    yield "big-endian", big
    yield "little-endian, with a byte order mark", b"\xff\xfe" + little
    yield "big-endian, with a byte order mark", b"\xfe\xff" + big
    yield "UTF-32, little-endian", text.encode("utf-32-le")


def _as_windows_reads(octets: bytes) -> str:
    """Windows-1252, with the five bytes that it does not have as browsers read them."""
    return "".join(
        bytes([octet]).decode("latin-1" if octet in b"\x81\x8d\x8f\x90\x9d" else "cp1252")
        for octet in octets
    )


def _as_latin_reads(octets: bytes) -> str:
    return octets.decode("latin-1")


def mojibake(text: str) -> Forms:
    """UTF-8 that was read in another encoding, and the reverse."""
    if text.isascii():
        return
    for name, read in (("Latin-1", _as_latin_reads), ("Windows-1252", _as_windows_reads)):
        once = read(text.encode())
        yield f"UTF-8 read as {name}", once
        yield f"UTF-8 read as {name}, twice", read(once.encode())
    for name, codec in (("Latin-1", "latin-1"), ("Windows-1252", "cp1252")):
        with suppress(UnicodeError):
            yield f"{name} read as UTF-8", text.encode(codec).decode()


def only_ascii(text: str) -> Forms:
    """What is left of characters that something does not know."""
    if text.isascii():
        return
    yield "a ? for each", "".join(each if each.isascii() else "?" for each in text)
    yield "nothing for each", "".join(each for each in text if each.isascii())
    plain = unicodedata.normalize("NFKD", text)
    yield "without its accents", "".join(e for e in plain if not unicodedata.combining(e))
    yield "U+FFFD for each", "".join(each if each.isascii() else "\ufffd" for each in text)
    yield "a ? for each byte", bytes(e if e < 0x80 else ord("?") for e in text.encode())
    yield (
        r"\u and its number for each",
        "".join(each if each.isascii() else f"\\u{ord(each):04x}" for each in text),
    )


_NOTHING: Final = {
    **dict.fromkeys((0xAD, 0x34F, 0x1806, 0x2060, 0xFEFF)),
    **dict.fromkeys((*range(0x180B, 0x180E), *range(0x200B, 0x200E), *range(0xFE00, 0xFE10))),
}
"""What SASLprep maps to nothing: RFC 3454, table B.1."""


def normalised(text: str) -> Forms:
    """A text in one of the forms of Unicode."""
    yield "to NFC", unicodedata.normalize("NFC", text)
    yield "to NFD", unicodedata.normalize("NFD", text)
    yield "to NFKC", unicodedata.normalize("NFKC", text)
    yield "to NFKD", unicodedata.normalize("NFKD", text)
    spaces = re.sub("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ", text)
    yield "by SASLprep", unicodedata.normalize("NFKC", spaces.translate(_NOTHING))


# Keyboards and word processors.


def cased(text: str) -> Forms:
    """Capital and small letters mixed up, other than all of them made small."""
    yield "the first letter made a capital", text[:1].upper() + text[1:]
    yield "capital and small letters swapped, by Caps Lock", text.swapcase()
    yield "all capitals", text.upper()
    yield "the first letter made small", text[:1].lower() + text[1:]
    yield "the first letter of each word made a capital", text.title()
    yield "small letters with a Turkish i", text.replace("I", "ı").replace("İ", "i").lower()


_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))
_WIDE: Final = "".join(map(chr, range(0xFF01, 0xFF5F)))
_DIGITS: Final = "0123456789"


def digits(text: str) -> Forms:
    """Digits of another script."""
    for name, zero in (
        ("Arabic", 0x660),
        ("Persian", 0x6F0),
        ("Devanagari", 0x966),
        ("Bengali", 0x9E6),
        ("full-width", 0xFF10),
    ):
        other = "".join(map(chr, range(zero, zero + 10)))
        yield f"{name} digits", text.translate(str.maketrans(_DIGITS, other))
    yield "everything full-width", text.translate(str.maketrans(_ASCII, _WIDE))
    yield (
        "European digits",
        "".join(str(unicodedata.decimal(each, each)) for each in text),
    )


_US: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?~"
_LAYOUTS: Final = (
    ("y and z swapped", "yzYZ", "zyZY"),
    ("American instead of British", '"@#~£¬', '@"\\|#~'),
    ("British instead of American", '@"\\|#~', '"@#~£¬'),
    ("German instead of American", "yzYZ-_;:'\"[]{/?@#^&*()\\|<>", "zyZYß?öÖäÄü+Ü-_\"§&/()=#';:"),
    (
        "French instead of American",
        "qwazQWAZm;,./1234567890!@#$%^&*()",
        "azqwAZQW,m;:!&é\"'(-è_çà1234567890",
    ),
    (
        "Russian instead of American",
        _US,
        "йцукенгшщзхъфывапролджэячсмитьбю.ёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё",
    ),
    ("without Shift, where there is no letter", '!@#$%^&*()_+{}|:"<>?~', "1234567890-=[]\\;',./`"),
)


def layout(text: str) -> Forms:
    """A text that was typed on a keyboard of another country, or without its Shift key."""
    for name, meant, typed in _LAYOUTS:
        yield name, text.translate(str.maketrans(meant, typed))


def typography(text: str) -> Forms:
    """What word processors and phones make of quotes, dashes and spaces, and the reverse."""
    opened = re.sub(r"(^|[\s(\[{])'", r"\1‘", text)
    opened = re.sub(r'(^|[\s(\[{])"', r"\1“", opened)
    yield "typographic quotes", opened.replace("'", "’").replace('"', "”")
    yield "’ for each '", text.replace("'", "’")
    yield "an en dash for each hyphen", text.replace("-", "–")
    yield "an em dash for two hyphens", text.replace("--", "—")
    yield "an en dash for two hyphens", text.replace("--", "–")
    yield "one sign for three dots", text.replace("...", "…")
    yield "a no-break space for each space", text.replace(" ", NBSP)
    yield "a full stop for two spaces", text.replace("  ", ". ")
    yield "quotes, dashes, dots and spaces in ASCII", text.translate(_PLAIN)


_PLAIN: Final = str.maketrans(
    {**dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‐‑‒–−", "-")}
    | {"—": "--", "…": "...", NBSP: " ", "\N{NARROW NO-BREAK SPACE}": " "}
)


# Other forms of the whole.


def number(text: str) -> Forms:
    """A text that was taken for a number or for another value of YAML."""
    words = {"yes": "true", "on": "true", "no": "false", "off": "false", "null": "", "~": ""}
    plain = text.lower()
    if plain in words:
        yield "as YAML reads it", words[plain]
    if plain in ("true", "yes", "on", "false", "no", "off"):
        yield "as Python writes it", str(plain in ("true", "yes", "on"))
    if re.fullmatch(r"[0-9]+(_[0-9]+)*", text[:99], re.ASCII) and len(text) < 99:
        yield "a whole number", str(int(text))
        if re.fullmatch("0[0-7]+", text, re.ASCII):
            yield "an octal number", str(int(text, 8))
    if re.fullmatch(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,2})?", text, re.ASCII):
        value = float(text)
        yield "a floating-point number", f"{value!r}"
        yield "a floating-point number without .0", f"{value!r}".removesuffix(".0")
        yield "a number as a spreadsheet shows it", f"{value:.5E}"


def based(text: str) -> Forms:
    """A text in base64 or hex, or read as if it were."""
    octets = text.encode()
    yield "in base64", base64.b64encode(octets)
    yield "in base64, with a newline in it", base64.b64encode(octets + b"\n")
    yield "in hex", octets.hex()
    with suppress(ValueError):
        yield "read as base64", base64.b64decode(octets, validate=True)
    with suppress(ValueError):
        yield "read as hex", bytes.fromhex(text)


def hashed(text: str) -> Forms:
    """A hash instead of the text."""
    octets = text.encode()
    for name in ("MD5", "SHA-1", "SHA-512"):
        yield f"{name} in hex", hashlib.new(name.replace("-", ""), octets).hexdigest()
    yield "SHA-256 in base64", base64.b64encode(hashlib.sha256(octets).digest())
    yield "SHA-256 in hex, in capitals", hashlib.sha256(octets).hexdigest().upper()


def placeholder(_: str) -> Forms:
    """What is there if nothing was put in."""
    yield "nothing", ""
    yield "undefined", "undefined"
    yield "null", "null"
    yield "None", "None"
    yield "nil", "nil"
    yield "$PASSWORD", "$PASSWORD"
    yield "${PASSWORD}", "${PASSWORD}"
    yield "%PASSWORD%", "%PASSWORD%"
    yield "[object Object]", "[object Object]"
    yield "asterisks", "********"
