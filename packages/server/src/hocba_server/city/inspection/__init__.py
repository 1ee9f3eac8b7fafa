"""Everything that the department keeps, verified again from the bytes (fsck)."""
