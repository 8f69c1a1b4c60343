"""Calibration: numbers of a scenario fitted to a record of what happened, and what the record says of them.

``observations`` reads the record, ``figures`` works out the same figures of a play, ``parameters`` says what is fitted,
``likelihood`` how well it fits; ``trials`` plays, ``surface`` and ``posterior`` learn from it, and ``fitting`` is the
recipe. What comes of it is in ``result``, and goes back into a scenario by ``overlay``.
"""

from exportsim.study.calibration.fitting import calibrate
from exportsim.study.calibration.result import Calibration

__all__ = ["Calibration", "calibrate"]
