"""Does a tokenizer fit its model, and is it one that may be read at all?"""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pruning_core.json_files import check_size
from pruning_core.tokenization import NO_LETTER, PairTemplate, unknown_token
from pruning_core.validation import shown

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LETTERS = f"{NO_LETTER} \u1200\ua66e\u4e02\U00010348 \U0001f9ff"
"""Some that few vocabularies have: what is unknown must have a token."""
_TABLE = re.compile(rb'"precompiled_charsmap"\s*:\s*"([^"]*)"')


def check_tokenizer_file(path: Path) -> None:
    """Raise ValueError where reading tokenizer.json would end the process.

    A table of a normalizer begins with its size, for which tokenizers takes memory before it reads
    on; where there is not as much, the process is aborted.
    """
    check_size(path)
    for found in _TABLE.finditer(path.read_bytes()):
        try:
            table = base64.b64decode(found[1])
        except ValueError as error:
            raise ValueError(f"{path} has a `precompiled_charsmap` that is none") from error
        if int.from_bytes(table[:4], "little") > len(table):
            raise ValueError(f"{path} has a `precompiled_charsmap` that is cut")


def check_tokenizer(tokenizer: "Tokenizer", backbone: Mapping[str, Any], max_length: int) -> None:
    """Raise ValueError unless a tokenizer fits a model: its token ids, the order, the length and
    the token types of its pairs, what letters become that it does not know, and special tokens
    that are no words.

    Args:
        tokenizer: neither truncates nor pads.
        backbone: the configuration of the model's backbone.
        max_length: tokens of a window.
    """
    template = PairTemplate.of(tokenizer)
    specials = {token for group in template.specials for token in group}
    if template.size >= max_length - max_length // 2:
        raise ValueError(f"its template has {template.size} special tokens, more than windows hold")
    size, known = backbone.get("vocab_size"), backbone.get("type_vocab_size")
    added, numbers = tokenizer.get_added_tokens_decoder(), set[int]()
    for token, number in tokenizer.get_vocab(with_added_tokens=False).items():
        if number in numbers:  # which of the two it stands for is chance
            raise ValueError(f"its token {shown(token)} has the id of another, {number}")
        numbers.add(number)
    largest = max(*numbers, *added, *specials, 0, 0)
    if isinstance(size, int) and largest >= size:
        raise ValueError(f"it has the token id {largest}, the model has {size} embeddings")
    types = max(template.query_type, template.document_type)
    types = max(types, *(kind for group in template.special_types for kind in group), 0)
    if isinstance(known, int) and 0 < known <= types:
        raise ValueError(f"it has the token type {types}, the model has {known} types")
    if getattr(tokenizer.model, "dropout", None):
        raise ValueError("its model has a `dropout`, by which tokens are drawn at random")
    tokenizer.encode(LETTERS, add_special_tokens=False)  # else an error at such a text
    _check_specials(tokenizer, specials)


def _check_specials(tokenizer: "Tokenizer", template: set[int]) -> None:
    unknown = unknown_token(tokenizer)
    if tokenizer.token_to_id(unknown) in template:
        raise ValueError(f"letters that it does not know become {shown(unknown)}, of its template")
    for number, token in tokenizer.get_added_tokens_decoder().items():
        text, word = token.content.strip(), tokenizer.model.id_to_token(number) or token.content
        if not token.special:
            continue
        if len(text) < 2 or text[0].isalnum():
            raise ValueError(f"its special token {shown(token.content)} reads like a word")
        is_word = word == unknown or word.lstrip("#▁Ġ").isalnum()
        if is_word and word != token.content:
            both = f"{shown(token.content)} has the id of {shown(word)}"
            raise ValueError(f"its special token {both}")
