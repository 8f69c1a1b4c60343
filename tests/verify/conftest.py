"""The laws are a package beside these tests, for them and for ``write.py``."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
