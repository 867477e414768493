"""What generate.py writes, put together from the oracle; one file a part."""
