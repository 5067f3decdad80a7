"""PostgreSQL: the models and migrations that shape it, and every SQL statement, grouped by noun."""
