"""Documents in letters that a vocabulary hardly has: their tokens say next to nothing."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pruning_core.pairs import Pair

if TYPE_CHECKING:
    from tokenizers import Tokenizer

KNOWN_PIECES = 100
"""A vocabulary knows a script with so many pieces of several letters."""
NAMES = {"CJK": "Chinese", "HANGUL": "Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese"}
"""What letters are called, where it is not as their names in Unicode begin."""
MULTILINGUAL_KNOWS = frozenset(
    "ARABIC CJK CYRILLIC DEVANAGARI GREEK HANGUL HEBREW HIRAGANA KATAKANA LATIN THAI".split()
)
"""Scripts of the built-in multilingual model's vocabulary, as `KnownScripts.names` finds them."""
REMEDY = "the model `multilingual`, which comes with pruning-core, knows them"
_LAST_LATIN = "\u024f"
_SAMPLE = 500  # characters that are looked at


class KnownScripts:
    """The scripts that a tokenizer's vocabulary knows.

    Example:
        >>> KnownScripts(english_tokenizer).warning("ཞི་མི་")
        'most of the document is in Tibetan letters, which this model hardly knows'
    """

    def __init__(self, tokenizer: "Tokenizer") -> None:
        self.tokenizer = tokenizer

    @cached_property
    def names(self) -> frozenset[str]:
        """Of scripts, as letters' names in Unicode begin."""
        counts: Counter[str] = Counter()
        for token in self.tokenizer.get_vocab(with_added_tokens=False).values():
            letters = list(filter(str.isalpha, self.tokenizer.decode([token])))
            if len(letters) > 1:
                counts.update(scripts_of(letters[:1]))
        return frozenset(name for name, count in counts.items() if count >= KNOWN_PIECES)

    def warned(self, pairs: Iterable[Pair]) -> list[Pair]:
        """The pairs, those of such documents with a warning."""
        return [
            replace(pair, warnings=(*pair.warnings, warning))
            if (warning := self.warning(pair.text))
            else pair
            for pair in pairs
        ]

    def warning(self, text: str) -> str | None:
        """What is to be said of a document most of whose letters are of an unknown script."""
        if text.isascii():
            return None
        letters = [c for c in text[:: 1 + len(text) // _SAMPLE] if c.isalpha()]
        if sum(letter > _LAST_LATIN for letter in letters) * 2 <= len(letters):
            return None
        scripts = scripts_of(letters)
        unknown = {name: count for name, count in scripts.items() if name not in self.names}
        if sum(unknown.values()) * 2 <= len(letters):
            return None
        most = max(unknown, key=lambda name: unknown[name])
        script = NAMES.get(most, most.capitalize())
        warning = f"most of the document is in {script} letters, which this model hardly knows"
        return f"{warning}; {REMEDY}" if most in MULTILINGUAL_KNOWS else warning


def scripts_of(letters: Iterable[str]) -> Counter[str]:
    """Letters -> how many are of each script, by the first word of their names in Unicode."""
    names = (unicodedata.name(letter, "unknown") for letter in letters)
    return Counter(name.split(" ")[0].split("-")[0] for name in names)
