"""Commands that fill a module each, and what all commands share."""
