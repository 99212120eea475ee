"""What was removed on request stands in the journal, no longer in a table beside it.

Texts that an older version removed are reported as missing by `dipper audit verify`: no event of theirs says why.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("erasures")
    for column in ("erased_at", "erased_by"):
        op.drop_column("texts", column)
