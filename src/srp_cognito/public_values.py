"""The checks of A, B and u, at the path that docs/use.md gives to those who build a client."""

from .proof.public_values import checked_u, read_public_value

__all__ = ["checked_u", "read_public_value"]
