"""A Word document: its tables as grids, its margins, its text."""
