"""``python -m ltc_xl``."""

from ltc_xl.cli import main

main(prog_name="ltc-xl")
