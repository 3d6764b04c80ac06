"""DCR-matched coadds, step by step."""
