"""Shelf ``clocks``: calendars, policies, clocks and pauses; what is promised, by when, and whether it was kept."""
