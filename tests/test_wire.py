"""wire.py: text is read strictly, within bounds, and no error repeats it."""

import base64
import json
import shutil
import subprocess

import pytest
from arguments import assert_hidden
from hypothesis import given
from hypothesis import strategies as st

from srp_cognito import MalformedParameter, wire


@given(st.integers(-(2**3072), 2**3072))
def test_hex_that_was_written_reads_back(number: int) -> None:
    assert wire.read_hex(wire.write_hex(number), "SALT") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-0", 0), ("abc", 0xABC), ("ABC", 0xABC), ("000f", 15), ("-3b9C", -0x3B9C)],
)
def test_hex_of_any_case_length_and_sign_is_read(text: str, number: int) -> None:
    assert wire.read_hex(text, "SALT") == number


NOT_HEX = {
    "empty": "",
    "only a sign": "-",
    "a plus sign": "+1",
    "two signs": "--1",
    "a prefix": "0x1f",
    "an underscore": "1_0",
    "a space": " 1f",
    "a newline": "1f\n",
    "a letter too far": "fg",
    "Arabic-Indic digits": "\u0661\u0662",
    "full-width letters": "\uff21",
    "a lone surrogate": "\ud800",
    "NUL": "1\0",
}


@pytest.mark.parametrize("text", NOT_HEX.values(), ids=NOT_HEX)
def test_what_is_not_hex_is_refused_even_if_int_would_read_it(text: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        wire.read_hex(text, "SRP_B")
    surrogate = "SRP_B holds a lone surrogate, which UTF-8 cannot write"
    assert str(caught.value) in {"SRP_B is not hexadecimal", surrogate}


WRONG_TYPES = [None, 5, 1.5, True, b"ff", ["ff"], {"ff": "ff"}, object()]


@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda value: type(value).__name__)
def test_a_value_of_another_type_is_malformed(value: object) -> None:
    for read in (wire.read_text, wire.read_hex, wire.read_base64, wire.read_base64_leniently):
        with pytest.raises(MalformedParameter, match="SALT (is missing|must be text)"):
            read(value, "SALT")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "is missing"),
        (5, "must be an object, not int"),
        ("text", "must be an object, not str"),
        ([("a", 1)], "must be an object, not list"),
    ],
)
def test_what_is_not_an_object_is_malformed(value: object, problem: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        wire.read_mapping(value, "ChallengeParameters")
    assert (caught.value.name, caught.value.problem) == ("ChallengeParameters", problem)


def test_an_object_is_read_as_it_is() -> None:
    sent = {"SRP_B": 5}
    assert wire.read_mapping(sent, "ChallengeParameters") is sent


def test_megabytes_are_refused_by_length_before_anything_looks_at_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    huge = "f" * 20_000_000
    for worker in ("as_utf8", "_HEX", "_BASE64", "_NOT_BASE64"):
        monkeypatch.setattr(wire, worker, None)
    for read in (wire.read_text, wire.read_hex, wire.read_base64, wire.read_base64_leniently):
        with pytest.raises(MalformedParameter, match="more than"):
            read(huge, "SRP_A")


def test_the_bounds_themselves_are_still_read() -> None:
    assert wire.read_hex("0" * (wire.MAX_HEX_DIGITS - 1) + "1", "SRP_A") == 1
    with pytest.raises(MalformedParameter, match="4096"):
        wire.read_hex("0" * wire.MAX_HEX_DIGITS + "1", "SRP_A")
    assert len(wire.read_text("x" * wire.MAX_TEXT, "SECRET_BLOCK")) == wire.MAX_TEXT
    with pytest.raises(MalformedParameter, match="131072"):
        wire.read_text("x" * (wire.MAX_TEXT + 1), "SECRET_BLOCK")


@given(st.binary(max_size=100))
def test_base64_is_read_and_written_as_everybody_does(octets: bytes) -> None:
    text = base64.b64encode(octets).decode()
    assert wire.write_base64(octets) == text
    assert wire.read_base64(text, "Salt") == octets


@pytest.mark.parametrize("text", ["A", "AA", "AAA", "AA=A", "AA==AA==", "A===", "AA-_", "AA A="])
def test_base64_that_is_not_quite_base64_is_refused(text: str) -> None:
    with pytest.raises(MalformedParameter, match="Salt is not base64"):
        wire.read_base64(text, "Salt")


LENIENT = [
    "iZY+s7lYj4/5me1dgBZ9QR0v",
    "3a7d0dc1-4f4b-4d6c-9d5c-0c2f6c3a7a11",
    "AA",
    "AAA",
    "AAAAA",
    "+/-_",
    " QU\nJD\t",
    "QUJD=QUJD",
    "QQ==QQ==",
    "QQ",
    "\u00e9QUJD\U0001f600",
    "Q@U#J$D",
    "A",
    "",
    "=QUJD",
    "@@@@",
]


@pytest.fixture(scope="module")
def as_node_decodes() -> dict[str, bytes]:
    """What Node makes of each of these texts, in one process."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is the judge here, and this machine does not have it")
    script = """
        for (const text of JSON.parse(process.argv[1])) {
            console.log(Buffer.from(text, "base64").toString("hex"));
        }
        """
    done = subprocess.run(
        [node, "-e", script, json.dumps(LENIENT)], capture_output=True, text=True, check=True
    )
    decoded = map(bytes.fromhex, done.stdout.split("\n"))
    return dict(zip(LENIENT, decoded, strict=False))


@pytest.mark.parametrize("text", LENIENT)
def test_a_secret_block_is_decoded_as_node_does(
    text: str, as_node_decodes: dict[str, bytes]
) -> None:
    judged = as_node_decodes[text]
    if judged:
        assert wire.read_base64_leniently(text, "SECRET_BLOCK") == judged
    else:
        with pytest.raises(MalformedParameter, match="nothing can be made of it"):
            wire.read_base64_leniently(text, "SECRET_BLOCK")


@pytest.mark.parametrize("size", range(20))
def test_a_block_without_padding_is_read_whatever_its_length(size: int) -> None:
    octets = bytes(range(size))
    assert wire.base64_leniently(base64.b64encode(octets).decode().rstrip("=")) == octets


@given(st.text())
def test_any_text_is_a_secret_block_or_malformed(text: str) -> None:
    try:
        assert wire.read_base64_leniently(text, "SECRET_BLOCK")
    except MalformedParameter as error:
        assert error.name == "SECRET_BLOCK"


# Text of the peer


@pytest.mark.parametrize("text", ["a", " a\n", " ", "\u00e9"])
def test_text_of_the_peer_that_cannot_be_empty_is_kept_as_it_is(text: str) -> None:
    assert wire.read_nonempty(text, "USERNAME") == text
    with pytest.raises(MalformedParameter, match="^USERNAME is empty$"):
        wire.read_nonempty("", "USERNAME")


@pytest.mark.parametrize("text", [" a", "a\n", " ", "\u2003a"])
def test_white_space_around_an_id_of_the_peer_is_refused(text: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        wire.read_identifier(text, "DeviceKey")
    assert str(caught.value) == "DeviceKey begins or ends with white space"
    assert wire.read_identifier("-v7 _w", "DeviceKey") == "-v7 _w"
    with pytest.raises(MalformedParameter, match="^DeviceKey is empty$"):
        wire.read_identifier("", "DeviceKey")


def test_text_that_may_be_missing_reads_as_none_or_text() -> None:
    assert wire.read_optional_text(None, "Session") is None
    assert wire.read_optional_text("", "Session") == ""
    assert wire.read_optional_text("s", "Session") == "s"
    with pytest.raises(MalformedParameter, match="^Session must be text, not int$"):
        wire.read_optional_text(5, "Session")


# Arrays and objects of the peer


@pytest.mark.parametrize("value", [["a", "b"], ("a", "b")])
def test_an_array_of_texts_is_read(value: object) -> None:
    assert wire.read_texts(value, "AvailableChallenges") == ("a", "b")
    assert wire.read_texts([], "AvailableChallenges") == ()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "is missing"),
        ("SMS_MFA", "must be an array, not str"),
        ({"a": "b"}, "must be an array, not dict"),
        ({"a"}, "must be an array, not set"),
        (["a", None], "is missing"),
        (["a", 5], "must be text, not int"),
        (["a", ""], "is empty"),
        (["a", ["b"]], "must be text, not list"),
        (["a", "\ud800"], "holds a lone surrogate, which UTF-8 cannot write"),
        (["a"] * (wire.MAX_ENTRIES + 1), "has more than 1000 entries"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_not_an_array_of_texts_is_named(value: object, problem: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        wire.read_texts(value, "AvailableChallenges")
    assert (caught.value.name, caught.value.problem) == ("AvailableChallenges", problem)


def test_the_longest_array_is_still_read() -> None:
    assert len(wire.read_texts(["a"] * wire.MAX_ENTRIES, "AvailableChallenges")) == wire.MAX_ENTRIES


def test_an_object_of_texts_is_read_and_copied() -> None:
    sent: dict[str, object] = {"a": "b", "": ""}
    read = wire.read_map(sent, "ChallengeParameters")
    assert read == sent
    assert read is not sent


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"a": 5}, "must be text, not int"),
        ({"a": None}, "is missing"),
        ({5: "a"}, "must be text, not int"),
        (dict.fromkeys(map(str, range(1001)), "a"), "has more than 1000 entries"),
    ],
    ids=["a number", "null", "a number as name", "1001"],
)
def test_what_is_not_an_object_of_texts_is_named(values: dict, problem: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        wire.read_map(values, "ChallengeParameters")
    assert (caught.value.name, caught.value.problem) == ("ChallengeParameters", problem)


def test_the_largest_object_is_still_read() -> None:
    assert len(wire.read_map(dict.fromkeys(map(str, range(1000)), "a"), "X")) == 1000


def test_an_array_in_a_string_is_read() -> None:
    assert wire.read_json_array('["SMS_MFA", "\\u00e4"]', "MFAS_CAN_CHOOSE") == (
        "SMS_MFA",
        "\u00e4",
    )
    assert wire.read_json_array(" [] ", "MFAS_CAN_CHOOSE") == ()


NO_JSON = {
    "nothing": "",
    "no JSON": "hunter2",
    "half of it": '["hunter2"',
    "something behind it": '["hunter2"] x',
    "single quotes": "['hunter2']",
    "a text": '"hunter2"',
    "a number": "5",
    "a number without end": "1" * 100_000,
    "null": "null",
    "brackets without end": "[" * 100_000,
    "braces without end": '{"a":' * 20_000,
}


@pytest.mark.parametrize("text", [*NO_JSON.values(), '{"hunter2": 1}'], ids=[*NO_JSON, "an object"])
def test_a_string_without_an_array_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        wire.read_json_array(text, "MFAS_CAN_CHOOSE")
    assert str(caught.value) == "MFAS_CAN_CHOOSE is not a JSON array"
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize("text", ['["a", 5]', "[null]", '[""]', '["\\ud800"]', "[[]]"])
def test_an_array_in_a_string_of_anything_but_texts_is_named(text: str) -> None:
    with pytest.raises(MalformedParameter) as caught:
        wire.read_json_array(text, "MFAS_CAN_CHOOSE")
    assert caught.value.name == "MFAS_CAN_CHOOSE"


def test_an_object_in_a_string_is_read() -> None:
    read = wire.read_json_object('{"challenge": "AQ", "timeout": 5}', "OPTIONS")
    assert read == wire.json_object(' {"timeout": 5, "challenge": "AQ"}')
    assert read == {"challenge": "AQ", "timeout": 5}


@pytest.mark.parametrize("text", [*NO_JSON.values(), '["hunter2"]'], ids=[*NO_JSON, "an array"])
def test_a_string_without_an_object_is_named_and_not_shown(text: str) -> None:
    assert wire.json_object(text) is None
    with pytest.raises(MalformedParameter) as caught:
        wire.read_json_object(text, "OPTIONS")
    assert str(caught.value) == "OPTIONS is not a JSON object"
    assert_hidden(caught.value, "hunter2")


@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda value: type(value).__name__)
def test_json_that_is_in_no_string_is_malformed(value: object) -> None:
    for read in (wire.read_json_array, wire.read_json_object):
        with pytest.raises(MalformedParameter, match="^X (is missing|must be text)"):
            read(value, "X")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_only_python_takes_for_a_number_of_json_reads_as_none(number: str) -> None:
    assert wire.json_object(f'{{"a": {number}}}') is None


def test_numbers_of_json_are_read() -> None:
    assert wire.json_object('{"a": 1.5, "b": -1e3, "c": 7}') == {"a": 1.5, "b": -1000, "c": 7}


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_json_is_nested_as_deeply_as_can_be_read_again_anywhere(opened: str, closed: str) -> None:
    """Python's own limit depends on how deep the caller is."""
    for levels in (1, wire.MAX_NESTING - 1):
        assert wire.json_object(f'{{"a":{opened * levels}1{closed * levels}}}') is not None
    for levels in (wire.MAX_NESTING, wire.MAX_NESTING + 1, 900, 100_000):
        assert wire.json_object(f'{{"a":{opened * levels}1{closed * levels}}}') is None
    wide = "[" + "[]," * 1000 + "[]]"
    assert wire.json_object(f'{{"a":{wide},"b":{{}}}}') is not None
    assert wire.is_nested_deeply(({"a": ("b", [])}, "c")) is False


def test_the_deepest_that_is_read_is_a_hundred() -> None:
    assert wire.MAX_NESTING == 100
    for levels in (99, 100, 101, 102):
        value: object = 1
        for _ in range(levels):
            value = [value]
        assert wire.is_nested_deeply(value) is (levels > 100)
    # Also where there is more than one place that opens.
    deepest = "[" * 99 + "1" + "]" * 99
    assert wire.json_object(f'{{"a":{deepest},"b":[],"c":[]}}') is not None
    assert wire.json_object(f'{{"a":[{deepest}],"b":[],"c":[]}}') is None


def test_json_without_end_is_refused_by_its_length() -> None:
    for read in (wire.read_json_array, wire.read_json_object):
        with pytest.raises(MalformedParameter, match="^X has more than 131072 characters$"):
            read("[" * 20_000_000, "X")


@given(st.text())
def test_what_can_be_made_of_any_text_is_bytes_perhaps_none(text: str) -> None:
    made = wire.base64_leniently(text)
    assert isinstance(made, bytes)
    assert wire.base64_leniently("=" + text) == b""
