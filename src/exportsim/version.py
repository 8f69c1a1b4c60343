"""The version of exportsim, and nothing else, so that anything may read it cheaply."""

__version__ = "0.1.0"
