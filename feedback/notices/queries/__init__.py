"""What letters are made of, who gets them, and what the supervisors' room asks about escalations."""
