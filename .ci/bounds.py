"""Print the lowest versions that pyproject.toml allows of what it names (`constraints`), or a `digest` of all bounds.

What has no lower bound (`bench` names versions exactly) is left to pip.
"""

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
needs = {"": project["dependencies"]} | project["optional-dependencies"]
if sys.argv[1:] == ["digest"]:
    print(hashlib.sha256(json.dumps([project["requires-python"], needs], sort_keys=True).encode()).hexdigest())
else:
    found = {need for group in needs.values() for need in group if ">=" in need}
    for need in sorted(found):
        bound = re.match(r"([\w.-]+)(?:\[[\w,-]*\])?>=([\w.]+)", need)
        assert bound, f"pyproject.toml: {need}: found no lower bound that can be read"
        print(f"{bound[1]}=={bound[2]}")
