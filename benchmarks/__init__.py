"""What a run costs, beside what it could cost at best and what plain loops cost. Not a test; `make bench`."""
