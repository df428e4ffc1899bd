"""Lead to cash for people who work in Excel."""

__version__ = "0.4.0"
