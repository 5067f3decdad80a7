"""The schema's history, in Tortoise's form; applied by `python -m app migrate`."""
