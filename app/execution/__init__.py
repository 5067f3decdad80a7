"""Preparing and executing GraphQL documents over a strawberry schema. Knows of no transport and of no domain."""
