"""Masyarakat Bicara: citizens say what is wrong, the right unit answers in public, supervisors see the time it took."""
