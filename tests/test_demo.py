"""demo.py: the tour ends well, and says so when it does not."""

import json
from pathlib import Path

import pytest

from srp_cognito import demo, srp
from srp_cognito.__main__ import main

PUBLISHED = Path(__file__).parent.parent / "vectors" / "published"


def test_the_tour_replays_the_claim_and_signs_in_user_and_device(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("QwHbbUqF6DSSepJh2QqTWDCb1XjmqaxnnW5kDn5dz7E=") == 2
    assert "The same: every byte was right." in shown
    assert shown.count("SIGNED IN") == 2
    assert shown.count("REFUSED") == 1


def test_the_tour_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """80 columns, and two screens of some 35 lines."""
    main(["demo"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert len(lines) <= 70


def test_its_claim_is_the_published_one() -> None:
    claim = json.loads(Path(demo.__file__).with_name("demo_claim.json").read_text())["transcript"]
    published = json.loads((PUBLISHED / "aws-sdk-net-extensions-cognito.json").read_text())
    row = published["vectors"][0]
    assert claim["pool_id"].partition("_")[2] == row["pool_name"]
    assert claim["signature"] == row["expected_signature"]
    pairs = {"user_id": "user", "srp_b": "B"}
    for field in ("user_id", "password", "a", "salt", "srp_b", "secret_block", "timestamp"):
        assert claim[field] == row[pairs.get(field, field)], field


def test_a_library_that_computes_something_else_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(srp, "INFO", b"Caldera derived key")
    assert main(["demo"]) == 1
    assert "ANOTHER ONE: please report this" in capsys.readouterr().out
