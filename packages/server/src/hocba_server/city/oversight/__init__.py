"""Seeing the whole: boards, what is stuck, charts, files and reports for department and ward."""
