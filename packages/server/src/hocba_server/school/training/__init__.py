"""Training schools: a copy of the school with invented pupils, mock keys and guided tasks."""
