"""The cryptography of Amazon Cognito sign-in: both sides of it, without I/O."""

__version__ = "0.1.0"
