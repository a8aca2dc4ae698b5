"""Units (unit kerja) in one tree, and the regions (wilayah) they serve."""
