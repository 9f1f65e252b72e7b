"""Query and document -> token ids, with the sentence of every token.

Works on a `tokenizers.Tokenizer`, which transformers' fast tokenizers hold as
`backend_tokenizer`; this module imports neither.
"""

import copy
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

from pruning_core.sentences import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CHUNK_CHARS = 65_536
"""Longer documents are tokenized in chunks, as many texts at a time as have so many characters,
which keeps memory flat."""

_SURROGATE = re.compile("[\ud800-\udfff]")
NO_LETTER = "\ue0e0"
"""Of the range for private use, which no vocabulary has."""
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_CHUNK_END = re.compile(r"\s")


def untruncated(tokenizer: "Tokenizer") -> "Tokenizer":
    """The tokenizer if it neither truncates nor pads, else a copy that does not."""
    if tokenizer.truncation is None and tokenizer.padding is None:
        return tokenizer
    own = copy.deepcopy(tokenizer)
    own.no_truncation()
    own.no_padding()
    return own


@dataclass(frozen=True, eq=False)
class TokenizedDocument:
    """The tokens of `text`, without special tokens; one entry a token in each array (T,).

    `ids` are int32; `starts` are the characters at which the tokens begin; `sentences` are indices
    into the sentence spans.
    """

    text: str
    ids: np.ndarray
    starts: np.ndarray
    sentences: np.ndarray

    def begins_word(self, at: int) -> bool:
        """Whether token `at` begins with white space, or stands after some."""
        start = int(self.starts[at])
        return self.text[start : start + 1].isspace() or self.text[start - 1 : start].isspace()


@dataclass(frozen=True)
class PairTemplate:
    """The special tokens around a (query, document) pair, and the token types.

    `specials` and `special_types` hold those before, between and after the two texts.
    """

    specials: tuple[tuple[int, ...], ...]
    special_types: tuple[tuple[int, ...], ...]
    query_type: int
    document_type: int

    @classmethod
    def of(cls, tokenizer: "Tokenizer") -> "PairTemplate":
        """Read the template off a pair that `tokenizer` packs.

        Raises:
            ValueError: the pair is not the query and then the document.
        """
        encoding = tokenizer.encode("a", "a", add_special_tokens=True)
        size = len(tokenizer.encode("a", add_special_tokens=False).ids)
        specials: list[list[int]] = [[], [], []]
        special_types: list[list[int]] = [[], [], []]
        types, order = [0, 0], []
        place = 0
        rows = zip(encoding.ids, encoding.type_ids, encoding.sequence_ids, strict=True)
        for token, token_type, sequence in rows:
            if sequence is None:
                specials[place].append(token)
                special_types[place].append(token_type)
            else:
                types[sequence] = token_type
                place = sequence + 1
                order.append(sequence)
        # A text that stands there twice has a sequence once.
        texts = 2 * size - encoding.special_tokens_mask.count(0)
        if order != [0] * size + [1] * size or not size or texts:
            raise ValueError(
                "the tokenizer's template must pack a pair as the query and then the document, not"
                f" as {' '.join(encoding.tokens)!r} for the pair 'a', 'a'"
            )
        return cls(tuple(map(tuple, specials)), tuple(map(tuple, special_types)), *types)

    @property
    def size(self) -> int:
        """Number of special tokens."""
        return sum(map(len, self.specials))

    def pack(self, query: Sequence[int], document: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Token ids and token types (T,) of the pair with its special tokens."""
        types = [self.query_type] * len(query), np.full(len(document), self.document_type)
        rows = (self.specials, query, document), (self.special_types, *types)
        ids, token_types = (
            np.concatenate([s[0], first, s[1], second, s[2]], dtype=np.int64, casting="unsafe")
            for s, first, second in rows
        )
        return ids, token_types


class TextTokenizer:
    """Tokenizes texts as texts: what reads like a special token in one is text too.

    Tokenizers turn `[SEP]` or `</s>` in a text into the token itself, some of them (Unigram) even
    where they are told not to; such a text could end the document and move its score.
    """

    def __init__(self, tokenizer: "Tokenizer") -> None:
        self.tokenizer = tokenizer
        added = tokenizer.get_added_tokens_decoder()
        # Unknown letters become the unknown token too; there its name in the text tells.
        self.unknown = unknown_token(tokenizer)
        self.special = {
            number
            for number, token in added.items()
            if token.special and token.content != self.unknown
        }
        for group in PairTemplate.of(tokenizer).specials:
            self.special.update(group)

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[Span]]]:
        """Token ids of each text and their `(start, end)` characters, without special tokens."""
        for batch in _batches(texts):
            if len(batch) == 1:  # tokenizers complains where a process forks after a real batch
                encodings = [self.tokenizer.encode(batch[0], add_special_tokens=False)]
            else:
                encodings = self.tokenizer.encode_batch(batch, add_special_tokens=False)
            for text, encoding in zip(batch, encodings, strict=True):
                ids, offsets = encoding.ids, encoding.offsets
                if self.special.isdisjoint(ids) and self.unknown not in text:
                    yield ids, offsets
                else:
                    yield self._cut(text, ids, offsets)

    def _cut(self, text: str, ids: list[int], offsets: list[Span]) -> tuple[list[int], list[Span]]:
        """Encode in pieces, cut before the last letter of what reads like a special token."""
        cuts = [
            start + len(text[start:end].rstrip()) - 1
            for number, (start, end) in zip(ids, offsets, strict=True)
            if number in self.special or text[start:end].strip() == self.unknown
        ]
        edges = sorted({0, *(cut for cut in cuts if cut > 0), len(text)})
        ids, offsets = [], []
        for begin, stop in pairwise(edges):
            encoding = self.tokenizer.encode(text[begin:stop], add_special_tokens=False)
            for number, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
                if number not in self.special:  # a special token of one letter is left out
                    ids.append(number)
                    offsets.append((begin + start, begin + end))
        return ids, offsets


def unknown_token(tokenizer: "Tokenizer") -> str:
    """What letters become that a tokenizer does not know; a Unigram model does not tell, but shows
    it.
    """
    if name := getattr(tokenizer.model, "unk_token", None):
        return str(name)
    added = tokenizer.get_added_tokens_decoder()
    ids = tokenizer.encode(NO_LETTER, add_special_tokens=False).ids
    return next((added[number].content for number in ids if number in added), "<unk>")


def normalize(query: str) -> str:
    """Lower case, no ASCII punctuation, single spaces; the query itself if nothing is left."""
    return " ".join(query.lower().translate(_NO_PUNCTUATION).split()) or query


def tokenize_queries(
    tokenizer: "TextTokenizer", queries: Mapping[str, str]
) -> dict[str, list[int]]:
    """Name -> query in, name -> token ids out, without special tokens."""
    encoded = tokenizer.encode([encodable(query) for query in queries.values()])
    return {name: ids for name, (ids, _) in zip(queries, encoded, strict=True)}


def tokenize_documents(
    tokenizer: "TextTokenizer", texts: Sequence[str], sentences: Sequence[Sequence[Span]]
) -> list[TokenizedDocument]:
    """Tokenize texts together and find the sentence of every token.

    A token that reaches into the next sentence belongs to the sentence of its last character.
    """
    chunks = [
        (number, offset, chunk)
        for number, text in enumerate(texts)
        for offset, chunk in _chunks(encodable(text))
    ]
    parts: list[list[np.ndarray]] = [[] for _ in texts]
    encoded = tokenizer.encode([chunk for _, _, chunk in chunks])
    for (number, offset, _), (ids, offsets) in zip(chunks, encoded, strict=True):
        characters = np.fromiter(chain.from_iterable(offsets), np.int32, 2 * len(ids)) + offset
        parts[number].append(np.stack([np.array(ids, np.int32), characters[::2], characters[1::2]]))
    return [
        _document(text, spans, np.concatenate(rows, axis=1))
        for text, spans, rows in zip(texts, sentences, parts, strict=True)
    ]


def _document(text: str, spans: Sequence[Span], tokens: np.ndarray) -> TokenizedDocument:
    """`tokens` (3, T): ids, the characters where they begin, and those where they end."""
    ids, starts, ends = tokens
    stops = np.array([stop for _, stop in spans[:-1]], np.int32)
    sentences = stops.searchsorted(np.maximum(starts, ends - 1), side="right")
    # No token comes before the sentence of an earlier one.
    sentences = np.maximum.accumulate(sentences).astype(np.int32)
    return TokenizedDocument(text, ids, starts, sentences)


def encodable(text: str) -> str:
    """`text` with the same length and no lone surrogate, which no tokenizer takes."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Cut before white space, where tokenizers give the same tokens as for the whole text."""
    start = 0
    while len(text) - start > CHUNK_CHARS:
        cut = _CHUNK_END.search(text, start + CHUNK_CHARS, start + 2 * CHUNK_CHARS)
        end = cut.start() if cut else start + CHUNK_CHARS
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts that have `CHUNK_CHARS` characters together, or one that has more."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > CHUNK_CHARS:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
