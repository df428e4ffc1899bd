"""Head, commit, change, and the file as each workbook was left."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "head",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "commit",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("commit_id", sa.Text, nullable=False),
        sa.Column("workbook_id", sa.Text, nullable=False),
        sa.Column("parent_token", sa.Text),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp()),
        sa.Column("tool_version", sa.Text, nullable=False),
        sa.Column("template_version", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("batch", sa.Text),
        sa.UniqueConstraint("tenant", "commit_id"),
    )
    op.create_table(
        "change",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("row_id", sa.Text, primary_key=True),
        sa.Column("column", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("old", sa.Text),
        sa.Column("new", sa.Text),
    )
    op.create_index("change_of_row", "change", ["tenant", "entity", "row_id", "seq"])
    op.create_table(
        "left",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("workbook_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("left", "change", "commit", "head"):
        op.drop_table(name)
