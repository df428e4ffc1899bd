"""Foreign files: what others' programs write, read as text, and the maps that say what it means."""
