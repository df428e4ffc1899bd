"""Run migrations on the connection that ``ltc_xl.store.migrate`` hands over."""

from alembic import context

if hasattr(context, "config"):  # Alembic is running this; anybody else merely imports it
    context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
    context.run_migrations()
