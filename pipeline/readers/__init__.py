"""Files to grids of cells: kinds, archives, mail, sheets, the raw look, Word."""
