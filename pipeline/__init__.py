"""What is done with the returns, one step a file.

Find, read, recognise, identify, parse for each file; then validate, settle, merge and write for all at once.
"""
