"""Putting letters, escalations and digests into the outbox."""
