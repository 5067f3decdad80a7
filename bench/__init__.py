"""Measurements, each a ratio to what the same machine does without GraphQL, in one run: `make bench`."""
