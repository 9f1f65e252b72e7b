"""Hostile texts, and tokenizers of every family with their special tokens."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

from pruning_core import EncoderConfig, Pruner, PruningEncoder
from published_layouts import DEBERTA, MODERNBERT, SMALL, XLM_ROBERTA
from tiny_checkpoint import WORDS, tiny_tokenizer

SPECIAL_TEXTS = (
    *("[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", "<s>", "</s>", "<pad>", "<unk>", "<mask>"),
    *("<|endoftext|>", "<|padding|>", "<|im_start|>", "<bos>", "<eos>", "<0x0A>", "##s", "▁", "Ġ"),
    *("[SEP", "SEP]", "[ SEP ]", "[sep]", "</S>", "<s", "< /s>", "[SEP][SEP]", "</s></s>", "Ċ"),
)
_SCRIPTS = (
    "Paris is the capital of France. Cats purr.",
    "Η Αθήνα είναι η πρωτεύουσα; Ναι.",
    "Москва — столица. Кошки мурлычут!",
    "باريس هي العاصمة. القطط تخرخر؟",
    "פריז היא הבירה. חתולים מגרגרים.",
    "दिल्ली राजधानी है। बिल्लियाँ घुरघुराती हैं।",
    "กรุงเทพเป็นเมืองหลวง แมวส่งเสียงคราง",
    "北京是首都。猫会咕噜。",
    "東京は首都です。猫は喉を鳴らす！",
    "서울은 수도입니다. 고양이가 골골거린다.",
    "የኢትዮጵያ ዋና ከተማ አዲስ አበባ ነው።",
    "👩‍👩‍👧‍👦 🇫🇷 👍🏽 ☃️ 🐈‍⬛",
    "İstanbul ﬁne ǅ ß ẞ ŉ",
    "e\u0301a\u0300o\u0302\u0323 Zalgo\u0335\u0322\u0315",
)
_MARKUP = (
    "<script>alert(1)</script>",
    "<mark>x</mark> &lt;b&gt; &#0; <!-- -->",
    "# Title\n\n* one\n* two\n\n1. three\n",
    "| a | b |\n| --- | --- |\n| 1 | 2 |\n",
    "```python\nprint('x')\n",
    "~~~\ncode. Code.\n~~~\n",
    '{"a": [1, 2, {"b": null}]}',
    "$$\\frac{1}{2}$$ \\begin{x}",
    "http://evil.example/?q=a.b.c&d=%00 a@b.example",
    "Title\n=====\nText.",
    "\x1b[2J\x1b]0;title\x07",
    "{{ 7 * 7 }} ${x} %s %n {0}",
)
_BLANKS = "  \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2028\u2029\u202f\u205f\u3000"
_INVISIBLE = "\u200b\u200c\u200d\u200e\u202e\u2066\u2069\ufeff\ufffd\u00ad\ufe0f\U000e0001"
_CONTROLS = "".join(map(chr, (*range(32), 127, *range(128, 160))))
_SURROGATES = "\ud800\udbff\udc00\udfff"
_RUNS = (
    "a",
    ".",
    "\n",
    " ",
    "\u0301",
    "猫",
    "#",
    "(",
    "'",
    "\U0001f600",
    "a ",
    "a. ",
    "\ud800",
    "#\n",
)


@dataclass(frozen=True, kw_only=True)
class Family:
    """A pruner with a family's tokenizer.

    `specials` are the names of its special tokens but for the unknown one, which letters that it
    does not know become too.
    """

    pruner: Pruner
    specials: tuple[str, ...]

    @property
    def special_ids(self) -> set[int]:
        found = map(self.pruner.tokenizer.token_to_id, self.specials)
        return {number for number in found if number is not None}


def draw_text(draw: random.Random, most: int = 8) -> str:
    """A text of up to `most` parts."""
    return "".join(_part(draw) for _ in range(draw.randint(0, most)))


def draw_query(draw: random.Random) -> str:
    """A text that is not blank."""
    query = draw_text(draw, 3)
    return query if query.strip() else f"{query}?"


def _part(draw: random.Random) -> str:
    (make,) = draw.choices(list(_PARTS), list(_PARTS.values()))
    return make(draw)


def _in_a_script(draw: random.Random) -> str:
    return draw.choice(_SCRIPTS) + draw.choice(("", " ", "\n", "\n\n"))


def _special(draw: random.Random) -> str:
    return draw.choice(("", " ", ".")) + draw.choice(SPECIAL_TEXTS) + draw.choice(("", " ", "."))


def _any_letters(draw: random.Random) -> str:
    most = (0x3000, 0x110000)
    return "".join(chr(draw.randrange(draw.choice(most))) for _ in range(5))


def _letters(draw: random.Random, letters: str, most: int) -> str:
    return "".join(draw.choices(letters, k=draw.randint(1, most)))


_PARTS: dict[Callable[[random.Random], str], int] = {
    _in_a_script: 25,
    _special: 25,
    lambda draw: draw.choice(_MARKUP): 10,
    lambda draw: _letters(draw, _BLANKS, 6): 8,
    lambda draw: _letters(draw, _CONTROLS + _INVISIBLE, 6): 6,
    lambda draw: _letters(draw, _SURROGATES, 3): 4,
    lambda draw: _letters(draw, string.printable, 30): 12,
    _any_letters: 8,
    lambda draw: draw.choice(_RUNS) * draw.choice((50, 300, 1_500)): 2,
}
"""Makers of parts, and how often each is drawn."""


def families() -> dict[str, Callable[[], Family]]:
    """Name -> maker."""
    return {
        "bert": _bert,
        "xlm-roberta": _xlm_roberta,
        "modernbert": _modernbert,
        "deberta-v2": _deberta,
        "roberta's tokenizer": _roberta,
    }


def _family(backbone: dict[str, Any], tokenizer: Tokenizer, specials: tuple[str, ...]) -> Family:
    size = max(tokenizer.get_vocab().values()) + 1
    config = EncoderConfig(backbone_config={**backbone, "vocab_size": size}, max_length=64)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = PruningEncoder.from_config(config)
        for parameter in encoder.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=0.3)
    return Family(pruner=Pruner(encoder, tokenizer, config), specials=specials)


def _bert() -> Family:
    names = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    tokenizer = tiny_tokenizer()
    tokenizer.add_special_tokens(list(names))
    specials = ("[PAD]", "[CLS]", "[SEP]", "[MASK]")
    return _family({**SMALL, "model_type": "bert", "pad_token_id": 0}, tokenizer, specials)


def _unigram(names: tuple[str, ...], unknown: str) -> Tokenizer:
    words = [*("▁" + word for word in WORDS), *string.printable.strip(), "▁", *"猫é京"]
    pieces = [*names, *dict.fromkeys(words)]
    scores = [(piece, -float(len(pieces) - place)) for place, piece in enumerate(pieces)]
    tokenizer = Tokenizer(models.Unigram(scores, names.index(unknown)))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def _xlm_roberta() -> Family:
    names = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    tokenizer = _unigram(names, "<unk>")
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.add_special_tokens(list(names[:4]))
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    specials = ("<s>", "<pad>", "</s>", "<mask>")
    return _family({**XLM_ROBERTA, "model_type": "xlm-roberta"}, tokenizer, specials)


def _deberta() -> Family:
    names = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]")
    tokenizer = _unigram(names, "[UNK]")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), normalizers.NFC()])
    tokenizer.add_special_tokens([*names[:3], "[MASK]"])
    tokenizer.add_special_tokens([AddedToken("[UNK]", normalized=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    specials = ("[PAD]", "[CLS]", "[SEP]", "[MASK]")
    return _family({**DEBERTA, "model_type": "deberta-v2"}, tokenizer, specials)


def _bytes(names: tuple[str, ...]) -> Tokenizer:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("c", "a"), ("ca", "t"), ("Ġ", "cat"), ("Ġ", "t"), ("h", "e"), ("Ġt", "he")]
    pieces = [*names, *alphabet, *(one + two for one, two in merges)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer


def _modernbert() -> Family:
    names = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<|endoftext|>", "<|padding|>")
    tokenizer = _bytes(names)
    plain = [name for name in names if name != "[MASK]"]
    tokenizer.add_special_tokens(plain)
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    specials = tuple(name for name in names if name != "[UNK]")
    return _family(MODERNBERT, tokenizer, specials)


def _roberta() -> Family:
    names = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    tokenizer = _bytes(names)
    tokenizer.add_special_tokens([*names[:4], AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    specials = ("<s>", "<pad>", "</s>", "<mask>")
    return _family({**XLM_ROBERTA, "model_type": "xlm-roberta"}, tokenizer, specials)
