"""Altered returns as real files, saved by real programs, with what must come out of each."""
