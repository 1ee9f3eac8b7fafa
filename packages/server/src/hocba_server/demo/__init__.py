"""The invented city: people, classes, spreadsheets, and the line run without a browser."""
