"""Letters found false: revoked, and the decisions that leaned on them opened again."""
