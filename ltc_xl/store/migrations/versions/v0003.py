"""The versions of the rules by which a commit was made."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column to commit."""
    op.add_column("commit", sa.Column("rules", sa.Text))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("commit") as commit:
        commit.drop_column("rules")
