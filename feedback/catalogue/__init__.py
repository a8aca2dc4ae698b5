"""Services with their published standards, topics, outside bodies and the rules that route a ticket."""
