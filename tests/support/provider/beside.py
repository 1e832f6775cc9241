"""Two files of the addon: the builders its adapters are tested with, its demo's people.

They are loaded by their place, since importing them from the addon would load the whole
of it.
"""

import importlib.util
import sys
from pathlib import Path

ADDON = Path(__file__).resolve().parents[3] / "addons" / "chat_center_bridge"


def _load(*place):
    file = ADDON.joinpath(*place)
    name = f"{__name__}.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    # a dataclass asks for the module it stands in
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


payloads = _load("tests", "payloads.py")
customers = _load("demo", "customers.py")
