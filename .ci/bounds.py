"""Print the lowest versions that pyproject.toml allows of what it names (`constraints`), or a `digest` of all bounds.

What is needed by default and what by an extra is tried together, so the digest does not tell them apart.

What has no lower bound (`bench` names versions exactly) is left to pip.
"""

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
groups = [project["dependencies"], *project["optional-dependencies"].values()]
needs = sorted({need for group in groups for need in group if not need.startswith(f"{project['name']}[")})
if sys.argv[1:] == ["digest"]:
    print(hashlib.sha256(json.dumps([project["requires-python"], needs]).encode()).hexdigest())
else:
    for need in needs:
        if ">=" not in need:
            continue
        bound = re.match(r"([\w.-]+)(?:\[[\w,-]*\])?>=([\w.]+)", need)
        assert bound, f"pyproject.toml: {need}: found no lower bound that can be read"
        print(f"{bound[1]}=={bound[2]}")
