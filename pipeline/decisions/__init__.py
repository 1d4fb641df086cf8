"""The officer's decisions: one workbook beside the summary, read before a run and given new lines after it.

The story of a line: `opened` reads it (`saved`), `meaning` makes a decision of it (`decided`) by what a person may
choose from (`choices`) and by its hidden key (`keys`), and `seen` binds one that a person began to what had been seen
then. `files`, `ruling` and `accepted` apply it, `answered` drops the question that it answers, and `ended` says of one
that was not applied whether it is still open. `offers` says what a run asks, `plan` where its lines go, and `book`
writes them into the workbook so that everything a person wrote stays. `elsewhere` tells of lines in other places.
"""
