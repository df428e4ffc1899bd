"""What waits for a person, the files and bodies that were replaced, and what an undo took back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns to commit; create finding, conflict, backup and put."""
    op.add_column("commit", sa.Column("as_of", sa.Date))
    op.add_column("commit", sa.Column("undoes", sa.Text))
    op.add_column("commit", sa.Column("undone_by", sa.BigInteger))
    op.create_table(
        "finding",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("finding_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        *_cell(),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("found", sa.Text),
        sa.Column("wanted", sa.Text, nullable=False),
        sa.Column("values", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        _at(),
        sa.Column("closed_seq", sa.BigInteger),
        sa.Column("closed_why", sa.Text),
    )
    op.create_index("finding_of_row", "finding", ["tenant", "entity", "row_id"])
    op.create_table(
        "conflict",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("conflict_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        *_cell(),
        sa.Column("base", sa.Text),
        sa.Column("mine", sa.Text),
        sa.Column("theirs", sa.Text),
        sa.Column("workbook_id", sa.Text, nullable=False),
        sa.Column("mine_actor", sa.Text, nullable=False),
        sa.Column("theirs_actor", sa.Text, nullable=False),
        _at(),
        sa.Column("resolution", sa.Text),
        sa.Column("closed_seq", sa.BigInteger),
        sa.Column("closed_by", sa.Text),
    )
    op.create_index("conflict_of_row", "conflict", ["tenant", "entity", "row_id"])
    op.create_table(
        "backup",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("workbook_id", sa.Text, primary_key=True),
        sa.Column("file_name", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        _at(),
    )
    op.create_table(
        "put",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("workbook_id", sa.Text, nullable=False),
        sa.Column("old", sa.LargeBinary, nullable=False),
        sa.Column("new", sa.LargeBinary, nullable=False),
    )


def _cell() -> tuple[sa.Column[str], ...]:
    """Return the columns that name a cell."""
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in ("entity", "row_id", "column"))


def _at() -> sa.Column[object]:
    """Return the moment of a row."""
    return sa.Column("at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp())


def downgrade() -> None:
    """Drop what was added."""
    for name in ("put", "backup", "conflict", "finding"):
        op.drop_table(name)
    with op.batch_alter_table("commit") as commit:
        for column in ("undone_by", "undoes", "as_of"):
            commit.drop_column(column)
