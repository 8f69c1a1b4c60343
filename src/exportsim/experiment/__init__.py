"""Playing policies against futures, and what comes of it."""
