"""What is done with the returns, a module or package for each step.

Find, read, recognise, identify, parse for each file; then validate, settle, merge and write for all at once.
"""
