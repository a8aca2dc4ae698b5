"""Keep, describe, remove and bind what people attach."""
