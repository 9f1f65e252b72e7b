"""An extension of griffe, which reads the docstrings for the reference of the site."""

import re
from typing import Any

import griffe


class ExampleSections(griffe.Extension):
    """Takes `Example:` for the section that griffe calls `Examples:`, whose prompts it knows."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Rename the section in the docstring of an object that was read."""
        if obj.docstring is not None:
            text = obj.docstring.value
            obj.docstring.value = re.sub(r"^Example:$", "Examples:", text, flags=re.MULTILINE)
