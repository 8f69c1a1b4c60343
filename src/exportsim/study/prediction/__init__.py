"""What is to come: forecasts of dated figures over inputs and futures, and how they did when that came.

A forecast is of figures that a record can hold, so that it can be held against one: at once, or long after it was made
and kept.
"""

from exportsim.study.prediction.forecast import Forecast
from exportsim.study.prediction.forecasting import predict
from exportsim.study.prediction.later import Scores, score

__all__ = ["Forecast", "Scores", "predict", "score"]
