"""The key by which a store knows again what it gave to browsers; each use has a salt of its own (itsdangerous)."""

import secrets
from threading import Lock
from weakref import WeakKeyDictionary

from quetma.store import Store

_keys: WeakKeyDictionary[Store, str] = WeakKeyDictionary()
_lock = Lock()


def key(store: Store) -> str:
    """The store's key, made when it is first needed."""
    with _lock:
        if store not in _keys:
            found = store.setting("visitor_key")
            if found is None:
                found = secrets.token_urlsafe(32)
                store.set("visitor_key", found)
            _keys[store] = found
        return _keys[store]
