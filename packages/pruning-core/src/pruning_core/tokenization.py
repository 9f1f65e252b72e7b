"""Query and document -> token ids, with the sentence of every token.

Works on a `tokenizers.Tokenizer`, which transformers' fast tokenizers hold as
`backend_tokenizer`; this module imports neither.
"""

import copy
import re
import string
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pruning_core.sentences import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CHUNK_CHARS = 65_536
"""Longer documents are tokenized in chunks, which keeps memory flat."""

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


@dataclass(frozen=True)
class TokenizedDocument:
    """A document's tokens, without special tokens; one entry a token in each array.

    `sentences` are indices into the sentence spans; `word_starts` is 1 where white space stands
    before the token.
    """

    ids: "array[int]"
    sentences: "array[int]"
    word_starts: bytearray


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

    def pack(self, query: Sequence[int], document: Sequence[int]) -> tuple[list[int], list[int]]:
        """Token ids and token types of the pair with its special tokens."""
        types = [self.query_type] * len(query), [self.document_type] * len(document)
        rows = (self.specials, query, document), (self.special_types, *types)
        packed = [[*s[0], *first, *s[1], *second, *s[2]] for s, first, second in rows]
        return packed[0], packed[1]


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

    def encode(self, text: str) -> tuple[list[int], list[Span]]:
        """Token ids and their `(start, end)` characters, without special tokens."""
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        ids, offsets = encoding.ids, encoding.offsets
        if self.special.isdisjoint(ids) and self.unknown not in text:
            return ids, offsets
        return self._cut(text, ids, offsets)

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


def tokenize_query(tokenizer: "TextTokenizer", query: str) -> list[int]:
    """Token ids of the query, without special tokens."""
    return tokenizer.encode(encodable(query))[0]


def tokenize_document(
    tokenizer: "TextTokenizer", text: str, sentences: Sequence[Span]
) -> TokenizedDocument:
    """Tokenize `text` and find the sentence of every token.

    A token that reaches into the next sentence belongs to the sentence of its last character.
    """
    ids, token_sentences, word_starts = array("i"), array("i"), bytearray()
    index = 0
    for offset, chunk in _chunks(encodable(text)):
        chunk_ids, offsets = tokenizer.encode(chunk)
        ids.extend(chunk_ids)
        for start, end in offsets:
            last = offset + max(start, end - 1)
            while last >= sentences[index][1] and index + 1 < len(sentences):
                index += 1
            token_sentences.append(index)
            first = offset + start
            word_starts.append(
                text[first : first + 1].isspace() or text[first - 1 : first].isspace()
            )
    return TokenizedDocument(ids, token_sentences, word_starts)


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
