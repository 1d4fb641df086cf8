"""The officer's decisions: one workbook beside the summary, read before a run and given new lines after it.

`saved` reads its lines, `meaning` makes decisions of them (`decided`) by what a person may choose from (`choices`) and
by their hidden keys (`keys`); `files`, `ruling` and `accepted` apply them. `offers` says what is open, `plan` where its
lines go, and `book` writes them into the workbook so that everything a person wrote stays.
"""
