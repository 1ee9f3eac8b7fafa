"""The invented city: its people, its classes, its spreadsheets, and the line run without a browser."""
