"""Sheets that people exchange: Excel workbooks and CSV files, read and written row by row."""
