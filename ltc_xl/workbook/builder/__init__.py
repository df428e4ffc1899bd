"""A new workbook, written with XlsxWriter from the model: tables, looks, names, print set-up."""
