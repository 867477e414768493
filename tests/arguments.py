"""Arguments for the builders, made by Hypothesis; and a check that no error shows a secret."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from srp_cognito import Answers, AppClient, Context

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
NONEMPTY = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)
IDENTIFIER = NONEMPTY.map(str.strip).filter(bool)
# In AWS's model an authenticator's code has six digits, a Session at least twenty characters.
CODE = IDENTIFIER.map(lambda text: "".join(text.split()).ljust(6, "0"))
SESSION = NONEMPTY.map(lambda text: text.ljust(20, "s"))
MAPPING = st.dictionaries(NONEMPTY, TEXT, max_size=2)
APPS = st.builds(AppClient, IDENTIFIER, st.none() | IDENTIFIER)
CONTEXTS = st.none() | st.builds(
    Context,
    client_metadata=st.none() | MAPPING,
    analytics_endpoint_id=st.none() | NONEMPTY,
    ip_address=st.none() | NONEMPTY,
    encoded_data=st.none() | NONEMPTY,
)


def answers_of(app: AppClient) -> st.SearchStrategy[Answers]:
    """Any `Answers` that can answer a device's challenge too."""
    return st.builds(
        Answers,
        st.just(app),
        NONEMPTY,
        session=st.none() | SESSION,
        device_key=IDENTIFIER,
        context=CONTEXTS,
    )


def assert_hidden(error: BaseException, *secrets: str) -> None:
    """No secret is in the error, nor in any other error of its chain."""
    chain: BaseException | None = error
    while chain is not None:
        # A UnicodeEncodeError keeps the whole text in `.object`, a JSONDecodeError in `.doc`.
        kept = [getattr(chain, name, None) for name in ("object", "doc")]
        shown = f"{chain} {chain!r} {chain.args} {vars(chain)} {kept}"
        for secret in secrets:
            assert secret not in shown
        chain = chain.__context__


def assert_only_text(use: Callable[[Any], object], argument: str, error: type[ValueError]) -> None:
    """What is not a text that can be sent is refused by its name, and not shown.

    The error is an InputError for what a person types, to which a program answers 400.
    """
    with pytest.raises(ValueError, match=f"^{argument} is empty$") as caught:
        use("")
    assert type(caught.value) is error
    with pytest.raises(ValueError, match=f"^{argument} holds a lone surrogate") as caught:
        use("hunter2\ud800")
    assert type(caught.value) is error
    assert_hidden(caught.value, "hunter2")
    with pytest.raises(TypeError, match=f"^{argument} must be a str, not bytes$") as caught:
        use(b"hunter2")
    assert_hidden(caught.value, "hunter2")
