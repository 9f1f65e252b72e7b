"""Which pieces of XLM-R's vocabulary of 250,002 the multilingual model keeps.

Always: the special tokens, and every piece of one character, in whatever script, so that all text
which the full vocabulary can spell is spelt. Of the others those stay that save most tokens, each
language of `LANGUAGES` counting the same: in its 30,000 most frequent words (`wordfreq`), and half
as much in the training texts where it has some. A fifth of the pieces goes at a time, those that
are used least; then what they spelt is spelt anew, so that the parts of rare words gain what these
lose. Pieces of equal use, mostly none, go by XLM-R's own scores, which fall with frequency.

`wordfreq` has words in lower case: a word counts as written small and with a capital, in the
proportion that XLM-R's scores give the two.
"""

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from pruning_core.json_lines import read_json_lines

LANGUAGES = (
    *("ar", "cs", "da", "de", "el", "en", "es", "fr", "he", "hi", "id", "it", "ja", "ko", "nl"),
    *("no", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh"),
)
"""What the model claims to read, by codes of ISO 639; `zh` in both scripts."""
NO_WORDS = ("th",)  # `wordfreq` has none; the training texts do
NO_SPACES = ("ja", "ko", "th", "zh")  # no space before a word, or before a part of one in Korean
WORDS = 30_000
ENGLISH_CHARACTERS = 3_000_000  # drawn from the English training texts
RARE_FORM = 0.05  # of a word, is not counted
SHRINKS = 0.8
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
SPACE = "▁"

Data = dict[str, Any]
Use = Mapping[str, float]
"""What a tokenizer spells apart from the rest, with `SPACE` where one stands before -> how much of
a language it is, or of all."""


class Vocabulary:
    """The pieces that are kept, fewer and fewer.

    Args:
        tokenizer: the contents of tokenizer.json, of a Unigram model.
        use: what it is to spell.

    Attributes:
        kept: ids in `tokenizer`, in the order of their new ids: special tokens, then as they were.
    """

    def __init__(self, tokenizer: Data, use: Use) -> None:
        self.tokenizer = tokenizer
        self.use = use
        self.pieces: list[tuple[str, float]] = tokenizer["model"]["vocab"]
        ids = {piece: number for number, (piece, _) in enumerate(self.pieces)}
        self.special = [ids[piece] for piece in SPECIAL]
        self.always = {*self.special, *(ids[piece] for piece in ids if len(piece) == 1)}
        self.kept = self._ordered(range(len(self.pieces)))
        self._spelt: dict[str, list[int]] = {}
        self._spell(use)

    @property
    def tokens(self) -> float:
        """How many tokens the use takes."""
        return sum(share * len(self._spelt[text]) for text, share in self.use.items())

    def shrink(self, size: int) -> None:
        """Keep `size` pieces.

        Raises:
            ValueError: special tokens and single characters are more, or the others are fewer.
        """
        if not len(self.always) <= size <= len(self.kept):
            least, most = len(self.always), len(self.kept)
            raise ValueError(f"`size` must be from {least} to {most}, not {size}")
        while len(self.kept) > size:
            before = set(self.kept)
            self.kept = self._most_used(max(size, int(SHRINKS * len(self.kept))))
            gone = before.difference(self.kept)
            self._spell([text for text in self.use if not gone.isdisjoint(self._spelt[text])])

    def trimmed(self) -> Data:
        """The contents of tokenizer.json with these pieces alone."""
        return trimmed(self.tokenizer, self.kept)

    def _most_used(self, size: int) -> list[int]:
        counts: Counter[int] = Counter()
        for text, share in self.use.items():
            for number in self._spelt[text]:
                counts[number] += share
        others = set(self.kept) - self.always
        by_use = sorted(others, key=lambda number: (-counts[number], -self.pieces[number][1]))
        return self._ordered([*self.always, *by_use[: size - len(self.always)]])

    def _ordered(self, ids: Iterable[int]) -> list[int]:
        return [*self.special, *sorted(set(ids).difference(self.special))]

    def _spell(self, texts: Iterable[str]) -> None:
        model = _read(self.trimmed()).model
        for text in texts:
            self._spelt[text] = [self.kept[token.id] for token in model.tokenize(text)]


def trimmed(tokenizer: Data, kept: Sequence[int]) -> Data:
    """The contents of tokenizer.json with the pieces of `kept` alone, whose ids are their places.

    Added tokens and the template's special tokens follow; all of them must be kept.
    """
    model = tokenizer["model"]
    new = {old: number for number, old in enumerate(kept)}
    processor = tokenizer["post_processor"]
    specials = {
        name: {**token, "ids": [new[number] for number in token["ids"]]}
        for name, token in processor["special_tokens"].items()
    }
    return {
        **tokenizer,
        "added_tokens": [{**token, "id": new[token["id"]]} for token in tokenizer["added_tokens"]],
        "post_processor": {**processor, "special_tokens": specials},
        "model": {
            **model,
            "unk_id": new[model["unk_id"]],
            "vocab": [model["vocab"][number] for number in kept],
        },
    }


def use_of_languages(tokenizer: Data, folder: Path, *, seed: int) -> Use:
    """What the model is to spell, every language as much as another.

    Args:
        tokenizer: the contents of tokenizer.json.
        folder: of the data, with `train` and `train_multilingual`.
        seed: of the draw of English texts.
    """
    from wordfreq import get_frequency_dict

    reader = Reader(tokenizer)
    texts = training_texts(folder, seed)
    use: Counter[str] = Counter()
    for language in LANGUAGES:
        parts: list[Use] = []
        if language not in NO_WORDS:
            words = sorted(get_frequency_dict(language).items(), key=lambda item: -item[1])
            parts.append(reader.of_words(words[:WORDS], spaces=language not in NO_SPACES))
        if language in texts:
            parts.append(reader.of_texts(texts[language]))
        for part in parts:
            tokens = sum(share * reader.length(text) for text, share in part.items())
            use.update({text: share / tokens / len(parts) for text, share in part.items()})
    return {text: share / len(LANGUAGES) for text, share in use.items()}


def training_texts(folder: Path, seed: int) -> dict[str, list[str]]:
    """Language -> the questions and documents of the training data."""
    texts = {"en": _texts(folder / "train").get("en", set())}
    drawn, characters = set[str](), 0
    for text in random.Random(seed).sample(sorted(texts["en"]), len(texts["en"])):
        if characters < ENGLISH_CHARACTERS:
            drawn.add(text)
            characters += len(text)
    texts["en"] = drawn
    for language, found in _texts(folder / "train_multilingual").items():
        texts.setdefault(language, set()).update(found)
    return {language: sorted(found) for language, found in texts.items()}


def _texts(folder: Path) -> dict[str, set[str]]:
    texts: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        for _, row in read_json_lines(path):
            texts.setdefault(row["lang"], set()).update((row["question"], row["context"]))
    return texts


class Reader:
    """Words and texts -> what the full vocabulary spells apart, and how often."""

    def __init__(self, tokenizer: Data) -> None:
        self.tokenizer = _read(tokenizer)
        self.scores = [score for _, score in tokenizer["model"]["vocab"]]

    def of_texts(self, texts: Iterable[str]) -> Use:
        counts: Counter[str] = Counter()
        for text in texts:
            normal = self.tokenizer.normalizer.normalize_str(text)
            pieces = self.tokenizer.pre_tokenizer.pre_tokenize_str(normal)
            counts.update(piece for piece, _ in pieces)
        return counts

    def of_words(self, words: Iterable[tuple[str, float]], *, spaces: bool) -> Use:
        """`words` are in lower case, with their frequencies; `spaces`: one stands before each."""
        use: Counter[str] = Counter()
        for word, frequency in words:
            normal = self.tokenizer.normalizer.normalize_str(word)
            forms = [SPACE * spaces + form for form in dict.fromkeys((normal, normal.capitalize()))]
            scores = [self.score(form) for form in forms]
            likelihoods = [math.exp(score - max(scores)) for score in scores]
            for form, likelihood in zip(forms, likelihoods, strict=True):
                share = likelihood / sum(likelihoods)
                if share >= RARE_FORM:
                    use[form] += frequency * share
        return use

    def score(self, text: str) -> float:
        """The logarithm of XLM-R's probability of a text."""
        return sum(self.scores[token.id] for token in self.tokenizer.model.tokenize(text))

    def length(self, text: str) -> int:
        return len(self.tokenizer.model.tokenize(text))


def _read(tokenizer: Data) -> Tokenizer:
    return Tokenizer.from_str(json.dumps(tokenizer))
