"""A Django database engine for PostgreSQL under roles that own nothing, with row security."""
