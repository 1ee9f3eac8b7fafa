"""The record of lower and upper secondary school beside that of primary school (decision 35)."""
