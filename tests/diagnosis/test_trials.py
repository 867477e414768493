"""diagnosis/trials.py: a server that makes SRP_B with these verifiers recognises the mistake."""

import oracle
import pytest
from peers import DEVICE_KEY, GROUP_KEY, PASSWORD, POOL_ID, USER_ID

from srp_cognito.diagnosis import diagnose, trials
from srp_cognito.diagnosis.search import hypotheses
from srp_cognito.diagnosis.trials import trial_verifiers

A_SECRET, B_SECRET, SALT = 2**255 + 1, 2**254 + 3, 2**127 + 5
RIGHT_X = oracle.x("Example", USER_ID, PASSWORD, SALT)
DEVICE_PASSWORD = "the device's own"
V_OF_DEVICE = oracle.verifier(oracle.x(GROUP_KEY, DEVICE_KEY, DEVICE_PASSWORD, SALT))

USER = {"kind": "user", "pool_id": POOL_ID, "user_id": USER_ID, "password": PASSWORD}
DEVICE = {
    **USER,
    "kind": "device",
    "device_group_key": GROUP_KEY,
    "device_key": DEVICE_KEY,
    "verifier": f"{V_OF_DEVICE:x}",
}


def seen_by_server(who: dict, B: int, *, x: int, k: int, group: str, member: str) -> dict:
    """An exchange in which a client with this x and k answers this SRP_B."""
    A = oracle.public_a(A_SECRET)
    u = oracle.u(A, B)
    S = oracle.power(B - k * oracle.verifier(x), A_SECRET + u * x)
    block, time = b"an opaque block", "Tue Sep 5 07:00:09 UTC 2017"
    return {
        **who,
        "salt": f"{SALT:x}",
        "b": f"{B_SECRET:x}",
        "srp_a": f"{A:x}",
        "srp_b": f"{B:x}",
        "secret_block": "YW4gb3BhcXVlIGJsb2Nr",
        "timestamp": time,
        "signature": oracle.signature(oracle.key(u, S), group, member, block, time),
    }


def found_in_trials(who: dict, v: int, **client: object) -> list[str]:
    """The mistakes that are named when every verifier is tried."""

    def exchange(B: int) -> dict:
        return seen_by_server(who, B, **client)  # type: ignore[arg-type]

    ordinary = exchange(oracle.public_b(B_SECRET, v))
    found = []
    for verifier in trial_verifiers(ordinary):
        diagnosis = diagnose(exchange(oracle.public_b(B_SECRET, verifier)))
        if diagnosis.verdict == "mistake":
            found += [named.mistake.id for each in diagnosis.explanations for named in each]
            break
    return found


OF_USER = {"group": "Example", "member": USER_ID}
OF_DEVICE = {"group": GROUP_KEY, "member": DEVICE_KEY}


@pytest.mark.parametrize(
    ("who", "client", "mistake"),
    [
        pytest.param(
            USER,
            {"x": oracle.x(POOL_ID, USER_ID, PASSWORD, SALT), "k": oracle.k(), **OF_USER},
            "pool-id-in-x",
            id="another x",
        ),
        pytest.param(
            DEVICE,
            {"x": oracle.x(GROUP_KEY, DEVICE_KEY, PASSWORD, SALT), "k": oracle.k(), **OF_DEVICE},
            "device-user-password",
            id="a device with the user's password",
        ),
        pytest.param(USER, {"x": RIGHT_X, "k": 3, **OF_USER}, "k-3", id="another k"),
    ],
)
def test_a_mistake_is_recognised_with_one_of_the_verifiers(
    monkeypatch: pytest.MonkeyPatch, who: dict, client: dict, mistake: str
) -> None:
    monkeypatch.setattr(
        trials,
        "hypotheses",
        lambda exchange: (each for each in hypotheses(exchange) if each.mistake.id == mistake),
    )
    v = oracle.verifier(RIGHT_X) if who is USER else V_OF_DEVICE
    assert found_in_trials(who, v, **client) == [mistake]


def test_each_verifier_comes_once_and_the_right_one_never() -> None:
    client = {"x": RIGHT_X, "k": oracle.k(), **OF_USER}
    v = oracle.verifier(RIGHT_X)
    exchange = seen_by_server(USER, oracle.public_b(B_SECRET, v), **client)
    verifiers = list(trial_verifiers(exchange))
    assert len(verifiers) == len(set(verifiers)) > 20
    assert v not in verifiers
    # With k = 3, SRP_B is 3*v + g^b.
    assert 3 * v * pow(oracle.k(), -1, oracle.N) % oracle.N in verifiers


def test_of_a_device_what_its_own_password_would_show_is_not_tried() -> None:
    client = {"x": RIGHT_X, "k": oracle.k(), **OF_DEVICE}
    exchange = seen_by_server(DEVICE, oracle.public_b(B_SECRET, V_OF_DEVICE), **client)
    tried = set(trial_verifiers(exchange))
    for group in (GROUP_KEY, "Example"):
        for member in (DEVICE_KEY, USER_ID):
            x = oracle.x(group, member, PASSWORD, SALT)
            assert oracle.verifier(x) in tried
    assert 3 * V_OF_DEVICE * pow(oracle.k(), -1, oracle.N) % oracle.N in tried
    assert set(trial_verifiers({**exchange, "password": None})) < tried
