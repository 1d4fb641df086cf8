"""The unit register: who is expected to answer, under whom, and how to reach them; and the office that collects.

A register belongs to no one form. Its columns are `code, name, type, parent, email, aliases, in_total,
valid_from, valid_to, contact, phone, deadline`; English and Vietnamese heads are read, the order of the lines is
the official order. Codes are text: the leading zero of the national list of territories is part of them.
"""

from schemas.register.loading import (
    FIELDS,
    REGISTERS,
    VIETNAM,
    has_heads,
    load_office,
    load_register_csv,
    register_of,
    shipped_register,
)
from schemas.register.model import COLLECTOR_TYPE, Office, Register, Unit, with_leading_zero

__all__ = [
    "COLLECTOR_TYPE",
    "FIELDS",
    "REGISTERS",
    "VIETNAM",
    "Office",
    "Register",
    "Unit",
    "has_heads",
    "load_office",
    "load_register_csv",
    "register_of",
    "shipped_register",
    "with_leading_zero",
]
