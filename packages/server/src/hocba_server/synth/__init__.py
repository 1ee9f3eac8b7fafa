"""A generated city for load trials: signed packages in files, and rows by the million."""
