"""How a server tries whether a client makes a mistake in x or k, which it cannot see otherwise.

A client with another x or k subtracts another k*v than the server added, and only `a` shows what S
it comes to. But if the server makes SRP_B with the k*v of that client, it can compute the client's
S, and `diagnose` recognises the claim.
"""

from collections.abc import Iterator, Mapping

from ..proof import srp
from .exchange import read_exchange
from .search import hypotheses
from .steps import Evaluation, right_steps

__all__ = ["trial_verifiers"]


def trial_verifiers(transcript: Mapping[str, object]) -> Iterator[int]:
    """Yield the verifier to compute SRP_B from, for each mistake in x or k.

    SRP_B is k*v + g^b, so the verifier to use is the client's k*v divided by the server's k.

    Args:
        transcript: the server's side of an exchange, as `diagnose` takes it.
    """
    exchange = read_exchange(transcript)
    evaluation, right = Evaluation(exchange), right_steps(exchange)
    seen = {(evaluation.x(right), right.k)}
    inverse_of_k = pow(srp.k, -1, srp.N)
    for suspect in hypotheses(exchange):
        steps = right.changed(suspect.steps)
        x, k = evaluation.x(steps), steps.k
        if (x, k) not in seen:
            seen.add((x, k))
            yield k * evaluation.v(x) * inverse_of_k % srp.N
