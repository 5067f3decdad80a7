"""Compiled execution: a validated operation becomes Python functions, which complete the values of its root fields.

The value of a root field is completed by functions generated for the operation, one for each object type and merged
selection, which hold the happy path only. Whatever else they meet (an exception, a null where none may be, a value of
an unknown kind) abandons them, and graphql-core completes the same value: so errors, paths and the propagation of nulls
are its own. A root resolver never runs twice; those below a failing root value may, so they must only read.

graphql-core executes the root fields where there are several: the order of mutations is its own too. One that stands
alone (`root`), as in nearly all operations, is resolved here, by an operation that was prepared when it was first
executed (`prepared`): an executor is only made to report what went wrong, and is told what the resolver returned or
raised.

Values are completed in waves: what fields declared as batched (`app.execution.batching`) and asynchronous resolvers ask
for is gathered over a whole level, a batch is called once for it, and all are awaited together. An object that was
loaded by a key is completed once for all that name the key, so a resolver below it runs once, with the path of the
first.

Objects of row classes (`app.execution.rows`) are completed from their rows, and made only where a field asks for one.
"""

from app.execution.compiled.executor import Compiled, CompiledExecutor

__all__ = ["Compiled", "CompiledExecutor"]
