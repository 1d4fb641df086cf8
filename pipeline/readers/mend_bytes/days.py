"""How far the days of a sheet go."""

LAST_DAY = 2958466
"""the first number that is no day to Excel, which counts to 31 December 9999 and shows ##### for this one

calamine makes days of what is typed into a cell for days, a telephone number too, and fails where no calendar goes.
"""
