"""What notes cost and what was spent: read by rules, added up by SQLite, never by a model."""
