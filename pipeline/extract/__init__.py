"""One file at a time: where the form lies, whose it is, each cell to a number or a finding, and what stands around.

A file comes in at `file.take_in` and leaves as a `FileReading`; what is known before it is opened is the
`context.ReadingContext`. In between it passes `locate` (the form on a sheet), `cells` (its cells), `identify` (its
unit) and `returns` (which forms of a file are returns); `numbers` reads one typed value, `periods` what a text says of
the time, and `own` knows again what this program wrote.

A typed value changes its name on its way: what calamine gives is a `CellValue` in the grid of a `Sheet`; taken from
the place of a row and a measure it is the `raw` of a `Draft`; read by the language of numbers it is a `Reading`, which
may be blank, refused, or a number with a code; weighed against its row and its sheet it settles in the `Draft`; and
once all cells are read the draft becomes an `Entry`, which only a decision changes.

Nothing is imported here, so that a process that reads loads no more than it needs.
"""
