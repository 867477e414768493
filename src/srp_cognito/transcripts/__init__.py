"""Recorded exchanges: compute every value of one, check its signature, and do so for many.

The rules of this folder. Secrets are inputs here, so these are tools for vectors and for finding
faults, never for a live sign-in. No answer repeats what a transcript holds, but the values that
were asked for.
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
