"""Files shipped with the package, found in a wheel and in a checkout alike."""

from importlib.resources import files
from pathlib import Path

_CHECKOUT = Path(__file__).parents[1]
_PLACES = {"workbooks": "workbooks", "templates": "reports/templates"}


def shipped(name: str) -> Path:
    """Return a shipped folder: ``workbooks`` or ``templates``.

    Raises:
        FileNotFoundError: neither the wheel nor the checkout holds it.
    """
    for path in (Path(str(files("ltc_xl"))) / "_data" / name, _CHECKOUT / _PLACES[name]):
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is missing from this installation; reinstall ltc-xl.")
