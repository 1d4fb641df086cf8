"""The officer's decisions: one workbook beside the summary, read before a run and given new lines after it.

`saved` reads its lines, `meaning` makes decisions of them, `ruling` applies them, `offers` says which lines are to
be added, `book` writes them into the workbook so that everything a person wrote stays.
"""
