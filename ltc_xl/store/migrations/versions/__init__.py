"""Migrations, oldest first; once released, one is never edited."""
