"""Light through the atmosphere: refraction, directions on the detector, shifts."""
