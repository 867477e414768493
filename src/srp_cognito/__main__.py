"""``python -m srp_cognito``, and where the script ``srp-cognito`` starts."""

import sys

from .cli.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
