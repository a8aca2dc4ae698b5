"""Rules of the clocks: which days count, when something is due, and which promises run (DOMAIN.md section 4)."""
