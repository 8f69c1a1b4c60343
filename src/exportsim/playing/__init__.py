"""Playing policies against futures, and looking up what has been played."""
