"""Mistakes in how the password becomes bytes, and what happens to it on its way to the code.

Right is UTF-8 of what the person chose, and nothing else. What shells, files, forms and keyboards
make of a text are the rules of `respelled`. A rule makes many forms of a mistake, so it is rare:
tried last, and in pairs only where that costs nothing.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from .. import respelled
from ..exchange import Exchange
from .mistake import Change, Mistake, Variants

__all__ = ["PASSWORD"]

AS_IT_IS: Final = (
    "Hash the password exactly as the person gave it, in UTF-8: neither trimmed nor normalised."
)
NO_BREAK: Final = "Remove the line break, and nothing else."
QUOTED: Final = (
    "Keep the password from being read as more than a text: put it into single quotes in a shell"
    " and in most .env files, write $$ for each $ in a compose file and %% for each % in a batch"
    " file, or read the password from a file or a prompt."
)
READ_BACK: Final = (
    "Where the password is written for another reader (a form, JSON, a page, a shell), let that"
    " reader's own library read it back, once; elsewhere neither write nor read it so."
)
TYPED: Final = (
    "Let the person see what was typed. In a form use an input of the type password, with"
    ' autocapitalize="none", autocorrect="off" and spellcheck="false".'
)
COPIED: Final = (
    "Copy the password from where it is shown as plain text, and nothing around it. Ask for it"
    " again if it begins or ends with white space, which no user pool takes, or with a character"
    " that nobody sees."
)
LONG_ENOUGH: Final = "Take the whole password: a user pool allows 256 characters."


def _spelled(spell: Callable[[str], bytes]) -> Variants[Exchange]:
    """Return the function of a mistake that makes other bytes of the password."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        if exchange.password is not None:
            yield Change({"password": spell(exchange.password)})

    return changes


def _ruled(rule: respelled.Rule) -> Variants[Exchange]:
    """Return the function of a mistake that makes what a rule makes of the password."""

    def changes(exchange: Exchange) -> Iterator[Change]:
        if exchange.password is not None:
            for detail, made in rule(exchange.password):
                # An escape may stand for half of a character, which UTF-8 cannot write.
                octets = made if isinstance(made, bytes) else made.encode("utf-8", "replace")
                yield Change({"password": octets}, detail)

    return changes


def _names(exchange: Exchange) -> Iterator[Change]:
    if exchange.password is not None:
        for detail, name in (
            ("what the person typed", exchange.username),
            ("the device key" if exchange.is_device else "the user's id", exchange.member),
        ):
            if name is not None:
                yield Change({"password": name.encode()}, detail)


def _rare(
    name: str,
    says: str,
    remedy: str,
    rule: respelled.Rule,
    unnoticed: str = "",
    *seen: str,
) -> Mistake[Exchange]:
    return Mistake(f"password-{name}", says, remedy, _ruled(rule), unnoticed, seen, is_rare=True)


PASSWORD: Final[tuple[Mistake[Exchange], ...]] = (
    Mistake(
        "password-trimmed",
        "White space at the ends of the password is removed.",
        AS_IT_IS,
        _spelled(lambda password: password.strip().encode()),
        "If the password has none there.",
    ),
    Mistake(
        "password-newline",
        "The password ends in a newline, like a line read from a file.",
        NO_BREAK,
        _spelled(lambda password: password.encode() + b"\n"),
        seen=(
            "https://github.com/kubernetes/website/pull/347",
            "https://github.com/kubernetes/cloud-provider-vsphere/issues/210",
        ),
    ),
    Mistake(
        "password-crlf",
        "The password ends in a carriage return and a newline.",
        NO_BREAK,
        _spelled(lambda password: password.encode() + b"\r\n"),
    ),
    Mistake(
        "password-lower",
        "The password is converted to lower case.",
        AS_IT_IS,
        _spelled(lambda password: password.lower().encode()),
        "If the password has no capital letters.",
    ),
    _rare(
        "space-added",
        "The password has white space at an end that does not belong to it.",
        COPIED,
        respelled.space_added,
        "",
        "https://github.com/ustaxcourt/ef-cms/issues/8698",
        "https://github.com/cds-snc/platform-forms-client/pull/5693",
        "https://github.com/sipeed/sipeed_wiki/pull/548",
    ),
    _rare(
        "dollar",
        "What follows a $ in the password is read as the name of a variable, or the $ is escaped.",
        QUOTED,
        respelled.dollar,
        "If the password has no $.",
        "https://github.com/docker/compose/issues/11058",
        "https://github.com/paperless-ngx/paperless-ngx/issues/8118",
        "https://github.com/Layr-Labs/eigenda-operator-setup/issues/36",
        "https://github.com/elastic/elasticsearch/pull/108154",
    ),
    _rare(
        "comment",
        "A # or ; in the password is read as the beginning of a comment, and the rest is lost.",
        QUOTED,
        respelled.comment,
        "If the password has neither.",
        "https://github.com/vlucas/phpdotenv/issues/406",
        "https://github.com/laravel/lumen-framework/issues/1099",
        "https://github.com/cdimascio/dotenv-java/issues/44",
    ),
    _rare(
        "quotes-kept",
        "The password has quotes or the like that were written around it.",
        "Remove what belongs to the file or to the list, and not to the password: docker's"
        " --env-file keeps quotes, for example, and most other readers of .env files remove them.",
        respelled.quotes_kept,
        "",
        "https://github.com/moby/moby/issues/46773",
        "https://github.com/docker/for-linux/issues/1208",
        "https://github.com/docker/compose/issues/4921",
    ),
    _rare(
        "exclamation",
        "A ! in the password is read as a reference to a shell's history, or is escaped.",
        QUOTED,
        respelled.exclamation,
        "If the password has no !.",
        "https://github.com/element-hq/matrix-authentication-service/issues/4274",
        "https://github.com/adrienverge/openfortivpn/issues/146",
    ),
    _rare(
        "escaped",
        "Backslashes are put into the password, as escapes that nobody reads.",
        READ_BACK,
        respelled.escaped,
        "If it has nothing to escape; in most forms, letters and digits are not.",
        "https://github.com/Piwigo/Piwigo/issues/1254",
        "https://github.com/silverstripe/silverstripe-framework/issues/1748",
    ),
    _rare(
        "unescaped",
        "The backslashes of the password are read as escapes.",
        READ_BACK,
        respelled.unescaped,
        "If the password has no backslash.",
        "https://github.com/nilsteampassnet/TeamPass/issues/125",
    ),
    _rare(
        "percent-encoded",
        "The password is in the encoding of forms and addresses, with % and +.",
        READ_BACK,
        respelled.percent_encoded,
        "If it has only letters, digits and what that encoding leaves.",
        "https://github.com/Unidata/netcdf-java/pull/193",
    ),
    _rare(
        "percent-decoded",
        "The password is read as if it were in the encoding of forms and addresses.",
        READ_BACK,
        respelled.percent_decoded,
        "If the password has no %, + or &.",
        "https://github.com/qbittorrent/qBittorrent/issues/8890",
        "https://github.com/supertriodo/Arena-Tracker/issues/32",
        "https://github.com/gmr/queries/issues/22",
    ),
    _rare(
        "html",
        "The password is written as HTML.",
        READ_BACK,
        respelled.html_encoded,
        "If the password has none of & < > \" ' and only ASCII.",
        "https://github.com/nZEDb/nZEDb/issues/2249",
        "https://github.com/thebuggenie/thebuggenie/pull/547",
        "https://github.com/mikejolley/sidebar-login/issues/12",
    ),
    _rare(
        "html-read",
        "The password is read as HTML.",
        READ_BACK,
        respelled.html_decoded,
        "If the password has neither & nor <.",
    ),
    _rare(
        "cut",
        "The password is split at a sign in it, and only a part is used.",
        "Keep the password out of addresses, of lists with separators and of lines that are split:"
        " or split at the first separator only, and take all of the rest.",
        respelled.cut,
        "If the password has only letters and digits.",
        "https://github.com/sqlalchemy/sqlalchemy/issues/7375",
        "https://github.com/tpope/vim-dadbod/issues/74",
        "https://github.com/xo/dburl/issues/28",
    ),
    _rare(
        "shortened",
        "The end of the password is cut off.",
        LONG_ENOUGH,
        respelled.shortened,
        "If the password is short enough.",
        "https://github.com/SoylentNews/slashcode/issues/29",
        "https://github.com/LemmyNet/lemmy-ui/issues/211",
        "https://github.com/miroslavpejic85/mirotalk/issues/344",
        "https://github.com/jeremyevans/rodauth/issues/4",
    ),
    _rare(
        "case",
        "Capital and small letters of the password are changed.",
        TYPED,
        respelled.cased,
        "",
        "https://github.com/uswds/uswds/issues/367",
        "https://github.com/inaturalist/iNaturalistReactNative/issues/764",
        "https://github.com/webcompat/web-bugs/issues/61758",
    ),
    _rare(
        "typography",
        "Quotes, dashes, dots or spaces of the password are replaced by those of a printer.",
        TYPED,
        respelled.typography,
        "If the password has none of them.",
        "https://github.com/keepassium/KeePassium/issues/286",
    ),
    _rare(
        "line-end",
        "The password has a part of a line that does not belong to it.",
        NO_BREAK,
        respelled.line_end,
    ),
    _rare(
        "space-lost",
        "White space of the password is removed.",
        AS_IT_IS,
        respelled.space_lost,
        "If the password has none.",
    ),
    _rare(
        "invisible",
        "The password has a character that nobody sees, or has lost one.",
        COPIED,
        respelled.invisible,
        "",
        "https://github.com/giuspen/cherrytree/issues/373",
        "https://github.com/jsfiddle/jsfiddle-users/issues/163",
    ),
    _rare(
        "quotes-lost",
        "Quotes that belong to the password are removed or doubled.",
        QUOTED,
        respelled.quotes_lost,
        "If the password has no quotes.",
    ),
    _rare(
        "batch",
        "A % or ^ in the password is read or doubled, as in a Windows batch file.",
        QUOTED,
        respelled.batch,
        "If the password has neither.",
        "https://github.com/shadowsocks/shadowsocks-go/issues/34",
        "https://github.com/chef/knife-windows/issues/387",
        "https://github.com/mRemoteNG/mRemoteNG/issues/1651",
    ),
    _rare(
        "template",
        "Braces in the password are read or doubled, as in a template.",
        QUOTED,
        respelled.template,
        "If the password has no braces.",
    ),
    _rare(
        "normalised",
        "The password is normalised.",
        AS_IT_IS,
        respelled.normalised,
        "If the password is in that form already, as ASCII is.",
        "https://github.com/ulsklyc/yuvomi/issues/608",
        "https://github.com/inmanta/inmanta-core/pull/10538",
    ),
    _rare(
        "encoding",
        "The password is in another encoding than UTF-8.",
        AS_IT_IS,
        respelled.encoded,
        "If the password is ASCII.",
        "https://github.com/kgierke/nuxt-basic-auth/issues/8",
    ),
    _rare(
        "utf-16",
        "The password is encoded as UTF-16 or UTF-32.",
        AS_IT_IS,
        respelled.utf_16,
    ),
    _rare(
        "mojibake",
        "The bytes of the password were read in one encoding and written in another.",
        AS_IT_IS,
        respelled.mojibake,
        "If the password is ASCII.",
    ),
    _rare(
        "only-ascii",
        "The characters of the password that are not ASCII are replaced or lost.",
        AS_IT_IS,
        respelled.only_ascii,
        "If the password is ASCII.",
    ),
    _rare(
        "digits",
        "Digits of the password are those of another script.",
        TYPED,
        respelled.digits,
        "If the password has no digits.",
        "https://github.com/HTBox/allReady/issues/1345",
    ),
    _rare(
        "layout",
        "The password was typed on a keyboard with another layout, or without Shift.",
        TYPED,
        respelled.layout,
    ),
    _rare(
        "partial",
        "The password was not copied as a whole, or twice.",
        COPIED,
        respelled.partial,
    ),
    _rare(
        "number",
        "The password is read as a number or as another value that is not a text.",
        "Put the password into quotes, or tell the reader that it is a text.",
        respelled.number,
        "If it has other characters than those of a number, and is not a word like true.",
        "https://github.com/yaml/pyyaml/issues/107",
    ),
    _rare(
        "base64",
        "The password is encoded in base64 or hex, or decoded as if it were.",
        "Encode it only where that is asked for, as in a Secret of Kubernetes, and only once.",
        respelled.based,
        "",
        "https://github.com/1Password/connect/issues/62",
    ),
    Mistake(
        "password-sha256-hex",
        "The SHA-256 of the password, as hex text, is used as the password.",
        AS_IT_IS,
        _spelled(lambda password: hashlib.sha256(password.encode()).hexdigest().encode()),
        is_rare=True,
    ),
    _rare(
        "hashed",
        "Another hash of the password is used as the password.",
        AS_IT_IS,
        respelled.hashed,
    ),
    Mistake(
        "password-name",
        "The user's name is used as the password.",
        "Check the order of the two arguments, or the names of the two fields.",
        _names,
        is_rare=True,
    ),
    _rare(
        "placeholder",
        'An empty text or a placeholder such as "null" is used as the password.',
        "Check that the variable or the field exists where the code looks for it.",
        respelled.placeholder,
    ),
)
