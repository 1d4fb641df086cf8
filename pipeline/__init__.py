"""What is done with the returns, one step a file: find, read, recognise, identify, parse, validate, settle, merge, write."""
