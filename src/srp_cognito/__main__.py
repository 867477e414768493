"""``python -m srp_cognito``, and where the script ``srp-cognito`` starts."""

import sys

try:
    from .cli.commands import main
except ImportError as _error:
    # A sentence of ours says what this Python lacks. Whatever else cannot be imported has a name.
    if _error.name is not None:
        raise
    sys.exit(f"srp-cognito: {_error}")

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
