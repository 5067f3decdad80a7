"""The root mutation fields, by noun: each parses its input and calls one rule."""
