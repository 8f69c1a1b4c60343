"""How hard Hypothesis looks: ``pytest --hypothesis-profile night`` looks all night, and at other examples each time.

A test looks at so many examples, or at a multiple of them. ``brief`` is for the suite under slower settings of Numba.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A world is large for an example: drawing one takes longer than Hypothesis would like, and nothing else is slow.
_LARGE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}

settings.register_profile("brief", max_examples=5, derandomize=True, **_LARGE)
settings.register_profile("ci", max_examples=40, derandomize=True, **_LARGE)
settings.register_profile("night", max_examples=3000, **_LARGE)
settings.load_profile("ci")
