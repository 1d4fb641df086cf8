"""One file at a time: locate the form, identify the unit, parse the cells, weigh what stands around them."""
