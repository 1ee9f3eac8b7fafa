"""See `formats`."""
