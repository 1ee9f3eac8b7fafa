"""Học bạ số: the library behind the signed, sealed, immutable digital school record.

Pure: bytes and frozen values in, values out. Time, randomness, keys and network come as arguments.
"""
