"""The store of a workbook, found by the ids the workbook carries."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ltc_xl.model.errors import StoreAway
from ltc_xl.store.engine import sqlite_file
from ltc_xl.store.identity import Identity
from ltc_xl.store.place import store_url
from ltc_xl.store.store import Store


@contextmanager
def opened_store(identity: Identity, url: str | None, *, adopt: bool) -> Iterator[tuple[Store, Identity]]:
    """Open the store of a workbook; yield it and the identity the workbook has there.

    Args:
        identity: as the workbook says.
        url: where the store is, else its own place on this machine.
        adopt: start a new store from the workbook when its own does not know it.

    Raises:
        StoreAway: the store is not here, does not know the workbook, or belongs to another one.
    """
    place = _place(identity, url)
    away, foreign = _is_away(identity, place), _is_of_another(identity, place)
    if not adopt and (away or foreign):
        raise StoreAway("store_unknown" if away else "store_of_another", store=str(place))
    known = identity.adopted() if away or foreign else identity
    store = Store(_place(known, url), known.store_id)
    try:
        yield store, known
    finally:
        store.close()


@contextmanager
def known_store(identity: Identity, url: str | None) -> Iterator[Store | None]:
    """Open the store of a workbook if there is one that knows what the workbook shows; nothing is made."""
    place = _place(identity, url)
    if not place.exists() or _is_away(identity, place) or _is_of_another(identity, place):
        yield None
        return
    store = Store(place, identity.store_id)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def past_store(identity: Identity, url: str | None) -> Iterator[Store | None]:
    """Open the store of a workbook to look into its past; None where nothing was ever committed.

    Raises:
        StoreAway: the store is not here, or does not know the workbook.
    """
    if _is_away(identity, _place(identity, url)):
        raise StoreAway("store_unknown", store=str(_place(identity, url)))
    with known_store(identity, url) as store:
        yield store


def _place(identity: Identity, url: str | None) -> Path:
    return sqlite_file(store_url(identity.store_id, url))


def _is_of_another(identity: Identity, place: Path) -> bool:
    """Return whether a workbook that was never synced finds its store begun by another: both were copied."""
    if identity.base_token or not place.exists():
        return False
    store = Store(place, identity.store_id)
    try:
        commits = store.commits()
        return bool(commits) and all(one.workbook_id != identity.workbook_id for one in commits)
    finally:
        store.close()


def _is_away(identity: Identity, place: Path) -> bool:
    """Return whether the commit that a workbook shows is in no store here; a new workbook shows none."""
    if not identity.base_token:
        return False
    if not place.exists():
        return True
    store = Store(place, identity.store_id)
    try:
        return store.seq_of(identity.base_token) is None
    finally:
        store.close()
