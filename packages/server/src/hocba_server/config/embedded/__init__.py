"""A Django database engine: PostgreSQL that starts the embedded server at its first connection."""
