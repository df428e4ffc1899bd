"""The store: what was committed, when, by whom; the state it led to; the numbers it gave."""

from ltc_xl.store.backups import Backup
from ltc_xl.store.catch_up import missed_changes
from ltc_xl.store.commits import Commit, Committed, Note
from ltc_xl.store.engine import sqlite_file
from ltc_xl.store.identity import Identity, identity_of
from ltc_xl.store.lock import locked
from ltc_xl.store.opening import known_store, opened_store
from ltc_xl.store.place import state_dir, store_url
from ltc_xl.store.schema import followed
from ltc_xl.store.store import Store
from ltc_xl.store.typed import typed_changes
from ltc_xl.store.wishes import Why, WishTold
from ltc_xl.store.writing import Writing

__all__ = [
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
    "known_store",
    "locked",
    "missed_changes",
    "opened_store",
    "sqlite_file",
    "state_dir",
    "store_url",
    "typed_changes",
]
