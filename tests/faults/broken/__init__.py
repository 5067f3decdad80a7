"""Three designs that lose or invent messages, each small and real, on PostgreSQL: what the checker has to catch."""
