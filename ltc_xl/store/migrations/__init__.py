"""Alembic's migrations of the store's own tables; state tables follow the model by themselves."""
