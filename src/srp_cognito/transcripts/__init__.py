"""Recorded exchanges: compute every value of one, check its signature, and do so for many.

The rules of this folder. Secrets are inputs here, so these are tools for test vectors and for
finding faults: never make a claim for a live sign-in with them. No error and no repr shows what a
transcript holds; only the answer of `compute` has secrets in it. docs/transcripts.md describes the
fields and the answers.

`record` reads one exchange, `transcript` computes it, `lines` reads a line that holds one, and
`bulk` answers many lines on every core, if need be on the worker processes of `processes`.
"""

from .bulk import Answer, Work, answers, workers
from .transcript import Values, compute, verify

__all__ = [
    "Answer",
    "Values",
    "Work",
    "answers",
    "compute",
    "verify",
    "workers",
]
