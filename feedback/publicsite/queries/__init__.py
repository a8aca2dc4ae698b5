"""What the public pages ask beside tickets."""
