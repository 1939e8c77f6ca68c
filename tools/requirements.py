"""Print what pyproject.toml asks for to build heplens, one requirement a line."""

import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
hook = project["tool"]["hatch"]["build"]["hooks"]["jupyter-builder"]
print("\n".join([*project["build-system"]["requires"], *hook["dependencies"], "editables"]))
