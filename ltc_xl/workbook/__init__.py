"""Excel files: read into a ``Book``, patched in place, built anew. The one place that knows the format."""
