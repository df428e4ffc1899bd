"""The sound versions of the rule sheets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table; the versions of a store without any are those of its next run."""
    op.create_table(
        "rule_version",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("rule_set", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("rows", sa.LargeBinary, nullable=False),
        sa.Column("own", sa.LargeBinary),
        sa.Column("index_rows", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("rule_version")
