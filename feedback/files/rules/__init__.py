"""What may be attached, how it is named, kept and counted."""
