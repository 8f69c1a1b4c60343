"""Results as people read them: text for a terminal, files for other programs. Nothing is computed here."""
