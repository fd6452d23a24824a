"""Ids that come from outside."""

# PostgreSQL refuses to compare an id with a larger number.
MAX_ID = 2**31 - 1
