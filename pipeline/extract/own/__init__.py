"""The marks by which workbooks of our own are known again: template, summary, and their stamp."""
