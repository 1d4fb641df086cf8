"""What a form and a register are: data, types and their loaders. Nothing here reads a return or writes a workbook."""
