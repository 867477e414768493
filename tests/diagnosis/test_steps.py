"""diagnosis/steps.py: the steps without a mistake are the oracle's, from either side."""

from dataclasses import replace

import mistaken
import oracle
import pytest
from cases import CASES, USER
from mistaken import Case

from srp_cognito.diagnosis.exchange import Exchange, read_exchange
from srp_cognito.diagnosis.steps import (
    Evaluation,
    Formula,
    Numbers,
    S_of_client,
    Steps,
    right_steps,
)
from srp_cognito.proof import modexp
from srp_cognito.proof.formula import Computation
from srp_cognito.wire import write_base64

SERVERS_B = 0xB0B


def as_client(case: Case) -> Exchange:
    return read_exchange(case.transcript(mistaken.signature(case)))


def as_server(case: Case, **more: object) -> Exchange:
    transcript = case.transcript(mistaken.signature(case))
    del transcript["a"]
    known = {"srp_a": f"{case.A:x}", "b": f"{SERVERS_B:x}"}
    return read_exchange({**transcript, **known, **more})


V = oracle.verifier(oracle.x(USER.group, USER.member, USER.password, int(USER.salt, 16)))
HONEST = replace(USER, B=oracle.public_b(SERVERS_B, V))


def test_the_client_without_mistakes_is_the_oracles() -> None:
    """Or what is compared with it would mean little."""
    for case in CASES.values():
        x = oracle.x(case.group, case.member, case.password, int(case.salt, 16))
        u = oracle.u(case.A, case.B)
        S = oracle.client_s(case.B, x, case.a, u)
        key = oracle.key(u, S)
        at = oracle.timestamp(case.moment)
        right = oracle.signature(key, case.group, case.member, case.secret_block, at)
        assert mistaken.signature(case) == right


@pytest.mark.parametrize("name", CASES)
def test_a_client_computes_every_value(name: str) -> None:
    case = CASES[name]
    exchange = as_client(case)
    values = Evaluation(exchange).values(right_steps(exchange))
    assert values is not None
    expected = mistaken.values(case)
    assert {name: getattr(values, name) for name in expected} == expected
    assert write_base64(values.signature) == mistaken.signature(case)


@pytest.mark.parametrize(
    "more",
    [{}, {"srp_b": None}, {"verifier": f"{V:x}"}, {"verifier": f"{V:x}", "password": None}],
    ids=["password", "no SRP_B", "both", "verifier"],
)
def test_a_server_computes_the_same_signature(more: dict[str, object]) -> None:
    exchange = as_server(HONEST, **more)
    evaluation, right = Evaluation(exchange), right_steps(exchange)
    assert evaluation.B(right) == HONEST.B
    assert evaluation.makes_b(right)
    signature = evaluation.signature(right)
    assert signature is not None
    assert write_base64(signature) == mistaken.signature(HONEST)
    assert (evaluation.x(right) is None) == ("password" in more)


def test_a_server_cannot_compute_s_of_another_x_or_formula() -> None:
    exchange = as_server(HONEST)
    evaluation, right = Evaluation(exchange), right_steps(exchange)
    of_client = Formula(S_of_client, None)
    for wrong in (right.changed({"salt": b"another"}), right.changed({"formula": of_client})):
        assert evaluation.s(wrong) is None
        assert evaluation.key(wrong) is None
        assert evaluation.signature(wrong) is None
        assert evaluation.values(wrong) is None


def test_a_step_that_is_replaced_changes_what_follows_from_it() -> None:
    exchange = as_client(USER)
    evaluation, right = Evaluation(exchange), right_steps(exchange)
    wrong = right.changed({"k": 3}, {"sign": lambda key, message: key + message})
    values = evaluation.values(wrong)
    assert values is not None
    expected = mistaken.values(USER, "k-3")
    assert (values.k, values.s) == (3, expected["s"])
    assert values.signature == values.key + values.message
    assert values.key == expected["key"]


def test_numbers_of_a_rare_shape_can_be_forced() -> None:
    exchange = as_client(USER)
    evaluation = Evaluation(exchange, force_u=lambda _: 7, force_s=lambda S: S + 1)
    values = evaluation.values(right_steps(exchange))
    x = mistaken.values(USER)["x"]
    assert isinstance(x, int)
    assert values is not None
    assert values.u == 7
    assert values.s == oracle.client_s(USER.B, x, USER.a, 7) + 1


@pytest.mark.parametrize("name", ["A, B, u and S with their top bit set, and an odd exponent",
                                  "a longer than N"])  # fmt: skip
def test_what_is_expensive_is_computed_once_and_on_any_engine(
    name: str, each_engine: modexp.Engine
) -> None:
    exchange = as_client(CASES[name])
    evaluation = Evaluation(exchange)
    counted: list[Numbers] = []

    def of_client(n: Numbers) -> Computation[int]:
        counted.append(n)
        return (yield n.B, n.a)

    right = right_steps(exchange)
    many = [
        right.changed({"formula": Formula(of_client, None), "k": k}, {"timestamp": b"%d" % k})
        for k in (1, 2, 1)
    ]
    evaluation.prepare(many)
    assert [evaluation.s(steps) for steps in many] == [
        oracle.power(exchange.B, exchange.a or 0)
    ] * 3
    assert len(counted) == 2


def test_a_power_that_mistakes_have_in_common_is_computed_once(spent: list[int]) -> None:
    exchange = as_client(USER)
    evaluation = Evaluation(exchange)

    def changed_after(n: Numbers) -> Computation[int]:
        return (yield from S_of_client(n)) + 1

    right = right_steps(exchange)
    others = [right.changed({"formula": Formula(changed_after, None)}), right]
    spent.clear()
    evaluation.prepare(others)
    assert len(spent) == 2  # g^x and S.
    one, other = map(evaluation.s, others)
    assert one == (other or 0) + 1
    assert len(spent) == 2


def test_a_key_is_derived_once() -> None:
    exchange = as_client(USER)
    evaluation = Evaluation(exchange)
    derived: list[bytes] = []

    def derive(u: bytes, s: bytes) -> bytes:
        derived.append(u + s)
        return u

    steps: Steps = right_steps(exchange).changed({"derive": derive})
    assert evaluation.key(steps) == evaluation.key(steps)
    assert len(derived) == 1


def test_no_value_is_in_a_repr() -> None:
    exchange = as_client(USER)
    assert repr(Evaluation(exchange).values(right_steps(exchange))) == "<Values of an exchange>"
