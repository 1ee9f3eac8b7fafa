"""Filters of every template."""
