"""All returns at once: the rules, which return counts, the totals, where each unit stands."""
