"""The contract: what a front-end developer sees. Types wrap rows; root fields call the rules in `resolvers/`.

Nothing here queries by itself, publishes, or decides who may do what.
"""
