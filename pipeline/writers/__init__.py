"""What is written: the summary, the blank form, the report, the long table."""
