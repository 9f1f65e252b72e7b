"""The emitted modeling file as a module, next to the package's own classes."""

import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from pruning_transformers.released import EMITTED


@cache
def emitted_module() -> ModuleType:
    """Run the file, once."""
    spec = spec_from_file_location("emitted_modeling_pruning_encoder", EMITTED)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
