"""The content of the files that generate.py writes, computed by the oracle."""
