"""Scenarios as models of other tools, a module a tool; each is imported only if it is asked for."""
