"""The store: what was committed, when, by whom; the state it led to; the numbers it gave."""

from ltc_xl.store.catch_up import missed_changes
from ltc_xl.store.engine import sqlite_file
from ltc_xl.store.identity import Identity, identity_of
from ltc_xl.store.lock import locked
from ltc_xl.store.opening import opened_store
from ltc_xl.store.place import state_dir, store_url
from ltc_xl.store.schema import followed
from ltc_xl.store.store import Committed, Note, Store
from ltc_xl.store.typed import typed_changes

__all__ = [
    "Committed",
    "Identity",
    "Note",
    "Store",
    "followed",
    "identity_of",
    "locked",
    "missed_changes",
    "opened_store",
    "sqlite_file",
    "state_dir",
    "store_url",
    "typed_changes",
]
