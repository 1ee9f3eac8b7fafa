"""The rows of the national dictionary that a record becomes: columns, code lists, mapping.

Source: national data dictionary for education (TTDLQG), school record of primary school.
"""
