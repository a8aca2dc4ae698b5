"""What may be decided without asking anybody: letters, the ladder, working hours, digests."""
