"""The live page: what can be changed of a scenario, a setting of it, and the scene that a setting comes to."""
