"""Vietnamese forms of dates and numbers; Django's own `vi` reads 05/06 as 6 May."""
