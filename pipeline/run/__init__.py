"""One run: find the files, read them in processes that may be lost, conclude, write whole or not at all."""
