"""What a file can be."""

from enum import StrEnum


class Kind(StrEnum):
    """What a file is, whatever it is called.

    `XLSX` covers strict files, templates and an .xlsm without macros; `DOC` covers RTF; `HTML` covers a web
    archive; `OLD_XLS` is a bare BIFF stream, from before Excel 5; `TNEF` is the winmail.dat in which Outlook packs
    its attachments; `TRUNCATED` is cut off, or too damaged to open at all; `EMPTY` holds no byte but blanks or zeros,
    as a download that broke off leaves it.
    """

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    OLD_XLS = "old_xls"
    ODS = "ods"
    ENCRYPTED = "encrypted"
    DOCX = "docx"
    DOC = "doc"
    ODT = "odt"
    PPT_OR_OTHER_OFFICE = "ppt_or_other_office"
    PDF = "pdf"
    PICTURE = "picture"
    HTML = "html"
    XML_2003 = "xml_2003"
    TEXT = "text"
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "seven_zip"
    EMAIL = "email"
    MBOX = "mbox"
    MSG = "msg"
    TNEF = "tnef"
    LOCK_FILE = "lock_file"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    OTHER = "other"
