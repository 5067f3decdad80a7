"""Compiled execution: a validated operation becomes Python functions, which complete the values of its root fields.

graphql-core executes the root fields: arguments, resolvers, the order of mutations and errors are its own. The value of
a root field is completed by functions generated for the operation, one for each object type and merged selection,
which hold the happy path only. Whatever else they meet (an exception, a null where none may be, a value of an unknown
kind) abandons them, and graphql-core completes the same value: so errors, paths and the propagation of nulls are its
own too. A root resolver never runs twice; those below a failing root value may, so they must only read.

Values are completed in waves: what fields declared as batched (`app.execution.batching`) and asynchronous resolvers ask
for is gathered over a whole level, a batch is called once for it, and all are awaited together. An object that was
loaded by a key is completed once for all that name the key, so a resolver below it runs once, with the path of the
first.
"""

from app.execution.compiled.executor import Compiled, CompiledExecutor

__all__ = ["Compiled", "CompiledExecutor"]
