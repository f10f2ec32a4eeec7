"""The first tables."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_events")),
    )
    with op.batch_alter_table("application_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_events_application_ref"), ["application_ref"], unique=False
        )

    op.create_table(
        "batches",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=18), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_batches")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("type_code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("identifier", sa.String(length=120), nullable=True),
        sa.Column("issuer_uscc", sa.String(length=18), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_changed_at", Moment(), nullable=False),
        sa.Column("under_dispute", sa.Boolean(), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=True),
        sa.Column("status_index", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=18), nullable=True),
        sa.Column("record_id", sa.String(length=64), nullable=True),
        sa.Column("previous_ref", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reserved_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("identifier", name=op.f("uq_certificates_identifier")),
        sa.UniqueConstraint("ref", name=op.f("uq_certificates_ref")),
        sa.UniqueConstraint(
            "source", "record_id", "version", name=op.f("uq_certificates_source_record_id_version")
        ),
        sa.UniqueConstraint(
            "status_list", "status_index", name=op.f("uq_certificates_status_list_status_index")
        ),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificates_previous_ref"), ["previous_ref"], unique=False
        )

    op.create_table(
        "clients",
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("agency", sa.String(length=100), nullable=False),
        sa.Column("agency_en", sa.String(length=100), nullable=False),
        sa.Column("agency_uscc", sa.String(length=18), nullable=False),
        sa.Column("keys", Json, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("agency_key", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_clients")),
    )
    op.create_table(
        "face_transactions",
        sa.Column("our_txn", sa.String(length=24), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("provider_txn", sa.String(length=64), nullable=True),
        sa.Column("binding_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject_binding", sa.String(length=64), nullable=False),
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("application_ref", sa.String(length=64), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("reasons", Json, nullable=False),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_with_a_time"),
        sa.CheckConstraint("state IN ('open', 'passed', 'failed', 'expired')", name="state_known"),
        sa.PrimaryKeyConstraint("our_txn", name=op.f("pk_face_transactions")),
        sa.UniqueConstraint(
            "provider", "provider_txn", name=op.f("uq_face_transactions_provider_provider_txn")
        ),
    )
    with op.batch_alter_table("face_transactions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_face_transactions_application_ref"), ["application_ref"], unique=False
        )

    op.create_table(
        "ledger_checkpoints",
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoints")),
    )
    op.create_table(
        "ledger_leaves",
        sa.Column("index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_ledger_leaves")),
    )
    op.create_table(
        "ledger_nodes",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_ledger_nodes")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("ref", name=op.f("uq_outbox_ref")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_waiting", ["done_at", "claimed_until"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("id_type", sa.String(length=3), nullable=False),
        sa.Column("id_number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("subject_key", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("id_type", "id_number", name=op.f("uq_people_id_type_id_number")),
    )
    op.create_table(
        "presentations",
        sa.Column("cti", sa.String(length=32), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("redeemed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("cti", name=op.f("pk_presentations")),
    )
    with op.batch_alter_table("presentations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_presentations_certificate_ref"), ["certificate_ref"], unique=False
        )

    op.create_table(
        "sandbox_verifications",
        sa.Column("provider_txn", sa.String(length=64), nullable=False),
        sa.Column("request", Json, nullable=True),
        sa.Column("binding_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("provider_txn", name=op.f("pk_sandbox_verifications")),
    )
    with op.batch_alter_table("sandbox_verifications", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sandbox_verifications_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "serial_numbers",
        sa.Column("type_code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("type_code", "year", name=op.f("pk_serial_numbers")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("caller", Json, nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("signed_in_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "sign_ins",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("code_verifier", sa.String(length=128), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_ins")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "status_lists",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("published_changes", sa.Integer(), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("jwt", sa.Text(), nullable=True),
        sa.Column("cwt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_lists")),
    )
    op.create_table(
        "used_identifiers",
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("jti", sa.String(length=120), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "jti", name=op.f("pk_used_identifiers")),
    )
    with op.batch_alter_table("used_identifiers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_used_identifiers_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("commitment", Json, nullable=True),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("decision", Json, nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("reviewed_by", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_applications_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("number", name=op.f("uq_applications_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_applications_ref")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_applications_certificate_ref"), ["certificate_ref"], unique=False
        )
        batch_op.create_index(
            "ix_applications_person", ["person_id", "matter", "state"], unique=False
        )
        batch_op.create_index("ix_applications_queue", ["state", "due_on"], unique=False)
        batch_op.create_index(
            "uq_applications_open",
            ["person_id", "matter"],
            unique=True,
            sqlite_where=sa.text("state IN ('approved', 'draft', 'in_review')"),
            postgresql_where=sa.text("state IN ('approved', 'draft', 'in_review')"),
        )

    op.create_table(
        "batch_refusals",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["batches.sha256"], name=op.f("fk_batch_refusals_sha256")
        ),
        sa.PrimaryKeyConstraint("sha256", "line", name=op.f("pk_batch_refusals")),
    )
    op.create_table(
        "certificate_holders",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("id_type", sa.String(length=3), nullable=False),
        sa.Column("id_number", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_holders_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", "position", name=op.f("pk_certificate_holders")),
    )
    with op.batch_alter_table("certificate_holders", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_holders_name", ["name"], unique=False)
        batch_op.create_index(
            "ix_certificate_holders_person", ["id_type", "id_number"], unique=False
        )

    op.create_table(
        "face_results",
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("our_txn", sa.String(length=24), nullable=False),
        sa.Column("provider_txn", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("subject_binding", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=4), nullable=False),
        sa.Column("failure", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=3), nullable=False),
        sa.Column("comparison_source", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("fmr", sa.Double(), nullable=False),
        sa.Column("pad", sa.Boolean(), nullable=False),
        sa.Column("iad", sa.Boolean(), nullable=False),
        sa.Column("device_risk", Json, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("assurance_level", sa.String(length=12), nullable=False),
        sa.Column("verified_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("raw_sha256", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.String(length=40), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("result = 'pass' OR NOT accepted", name="accepted_only_if_passed"),
        sa.ForeignKeyConstraint(
            ["our_txn"], ["face_transactions.our_txn"], name=op.f("fk_face_results_our_txn")
        ),
        sa.PrimaryKeyConstraint("provider", "jti", name=op.f("pk_face_results")),
        sa.UniqueConstraint("our_txn", name=op.f("uq_face_results_our_txn")),
        sa.UniqueConstraint(
            "provider", "provider_txn", name=op.f("uq_face_results_provider_provider_txn")
        ),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.String(length=80), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("occasion", name=op.f("uq_notices_occasion")),
        sa.UniqueConstraint("ref", name=op.f("uq_notices_ref")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_person_id"), ["person_id"], unique=False)

    op.create_table(
        "purposes",
        sa.Column("purpose_id", sa.String(length=60), nullable=False),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("matter_code", sa.String(length=60), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("legal_basis", Json, nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.client_id"], name=op.f("fk_purposes_client_id")
        ),
        sa.PrimaryKeyConstraint("purpose_id", name=op.f("pk_purposes")),
    )
    with op.batch_alter_table("purposes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purposes_client_id"), ["client_id"], unique=False)

    op.create_table(
        "usage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column(
            "leaf_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_usage_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage")),
        sa.UniqueConstraint("leaf_index", name=op.f("uq_usage_leaf_index")),
        sa.UniqueConstraint("ref", name=op.f("uq_usage_ref")),
    )
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usage_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usage_person_id"))

    op.drop_table("usage")
    with op.batch_alter_table("purposes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purposes_client_id"))

    op.drop_table("purposes")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notices_person_id"))

    op.drop_table("notices")
    op.drop_table("face_results")
    with op.batch_alter_table("certificate_holders", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_holders_person")
        batch_op.drop_index("ix_certificate_holders_name")

    op.drop_table("certificate_holders")
    op.drop_table("batch_refusals")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_applications_open",
            sqlite_where=sa.text("state IN ('approved', 'draft', 'in_review')"),
            postgresql_where=sa.text("state IN ('approved', 'draft', 'in_review')"),
        )
        batch_op.drop_index("ix_applications_queue")
        batch_op.drop_index("ix_applications_person")
        batch_op.drop_index(batch_op.f("ix_applications_certificate_ref"))

    op.drop_table("applications")
    with op.batch_alter_table("used_identifiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_used_identifiers_expires_at"))

    op.drop_table("used_identifiers")
    op.drop_table("status_lists")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_expires_at"))

    op.drop_table("sign_ins")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_expires_at"))

    op.drop_table("sessions")
    op.drop_table("serial_numbers")
    with op.batch_alter_table("sandbox_verifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sandbox_verifications_expires_at"))

    op.drop_table("sandbox_verifications")
    with op.batch_alter_table("presentations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presentations_certificate_ref"))

    op.drop_table("presentations")
    op.drop_table("people")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_waiting")

    op.drop_table("outbox")
    op.drop_table("ledger_nodes")
    op.drop_table("ledger_leaves")
    op.drop_table("ledger_checkpoints")
    with op.batch_alter_table("face_transactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_face_transactions_application_ref"))

    op.drop_table("face_transactions")
    op.drop_table("clients")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificates_previous_ref"))

    op.drop_table("certificates")
    op.drop_table("batches")
    with op.batch_alter_table("application_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_events_application_ref"))

    op.drop_table("application_events")
