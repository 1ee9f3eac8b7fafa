"""Who did what, when and why; who read which record. Kept in the house where it happened."""
