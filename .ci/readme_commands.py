"""Print the commands that the README tells a newcomer to type: the lines of its ``sh`` blocks, one a line."""

import re
import sys
from pathlib import Path

text = Path(sys.argv[1]).read_text(encoding="utf-8")
for block in re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
    print(*(line for line in block.splitlines() if line.strip() and not line.startswith("#")), sep="\n")
