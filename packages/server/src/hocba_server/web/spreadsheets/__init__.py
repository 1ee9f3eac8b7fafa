"""Files that a stranger sent, read for both houses: any spreadsheet as tables with named cells."""
