"""The store: what was committed, when, by whom; the state it led to; the numbers it gave."""

from ltc_xl.store.backups import Backup
from ltc_xl.store.catch_up import missed_changes
from ltc_xl.store.commits import Commit, Committed, Note
from ltc_xl.store.engine import sqlite_file
from ltc_xl.store.history import EXTRA, WHOLE_ROW
from ltc_xl.store.identity import Identity, identity_of
from ltc_xl.store.lock import locked
from ltc_xl.store.opening import known_store, opened_store, past_store
from ltc_xl.store.place import state_dir, store_url
from ltc_xl.store.schema import followed, kept_columns, tracked
from ltc_xl.store.store import Store
from ltc_xl.store.typed import sheets_without_identity, typed_changes
from ltc_xl.store.values import recalled, recalled_rows, recalled_texts
from ltc_xl.store.wishes import Why, WishTold
from ltc_xl.store.writing import Writing

__all__ = [
    "EXTRA",
    "WHOLE_ROW",
    "Backup",
    "Commit",
    "Committed",
    "Identity",
    "Note",
    "Store",
    "Why",
    "WishTold",
    "Writing",
    "followed",
    "identity_of",
    "kept_columns",
    "known_store",
    "locked",
    "missed_changes",
    "opened_store",
    "past_store",
    "recalled",
    "recalled_rows",
    "recalled_texts",
    "sheets_without_identity",
    "sqlite_file",
    "state_dir",
    "store_url",
    "tracked",
    "typed_changes",
]
