"""The doors: command line, report, workbook, files."""

__version__ = "0.1.0"
