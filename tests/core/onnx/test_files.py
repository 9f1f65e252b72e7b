import pytest

from pruning_core.onnx.files import check_model_file


def field(number, value):
    """A field of a protobuf message: a number, or bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    head = (number << 3) | 2
    return (
        bytes([head & 127 | (128 if head > 127 else 0), *([1] * (head > 127)), len(value)]) + value
    )


def tensor(location):
    entries = [(b"offset", b"0"), (b"location", location)]
    return b"".join(field(13, field(1, key) + field(2, text)) for key, text in entries)


def model(graph):
    return field(1, 10) + field(7, graph)


def in_subgraph(location):
    return field(1, field(5, field(6, field(1, field(5, field(5, tensor(location)))))))


WAYS = {
    "initializer": lambda location: field(5, tensor(location)),
    "subgraph": in_subgraph,
    "sparse": lambda location: field(15, field(1, tensor(location))),
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "outside.data").write_bytes(b"1")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.onnx.data").write_bytes(b"1")
    return folder


def write(folder, contents):
    (folder / "model.onnx").write_bytes(contents)
    return folder / "model.onnx"


@pytest.mark.parametrize("way", WAYS)
def test_data_beside_the_model(folder, way):
    check_model_file(write(folder, model(WAYS[way](b"model.onnx.data"))))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [b"../outside.data", b"/etc/hostname", b"", b".", b"a\\b", b"c:d"])
def test_data_elsewhere(folder, way, name):
    path = write(folder, model(WAYS[way](name)))
    with pytest.raises(ValueError, match="which is no file of its folder"):
        check_model_file(path)


def test_a_link_that_leaves_the_folder(folder):
    (folder / "link.data").symlink_to(folder.parent / "outside.data")
    path = write(folder, model(WAYS["initializer"](b"link.data")))
    with pytest.raises(ValueError, match=r"names 'link\.data', which is no file of its folder"):
        check_model_file(path)


def test_links_of_the_cache_of_the_hub(tmp_path):
    folder = tmp_path / "models--a--b" / "snapshots" / "0123"
    blobs = tmp_path / "models--a--b" / "blobs"
    for place in (folder, blobs):
        place.mkdir(parents=True)
    (blobs / "1").write_bytes(b"1")
    (folder / "model.onnx.data").symlink_to(blobs / "1")
    check_model_file(write(folder, model(WAYS["initializer"](b"model.onnx.data"))))


def test_missing_files(folder):
    with pytest.raises(FileNotFoundError, match=r"has no model\.onnx"):
        check_model_file(folder / "model.onnx")
    path = write(folder, model(WAYS["initializer"](b"other.data")))
    with pytest.raises(FileNotFoundError, match=r"has no other\.data, which model\.onnx names"):
        check_model_file(path)


@pytest.mark.parametrize(
    "contents", [b"", b"\x3a\x05a", b"\x3a", b"\x3b", b"\x80" * 20, b"\x80" * 5]
)
def test_damaged_files(folder, contents):
    with pytest.raises(ValueError, match="is no ONNX file"):
        check_model_file(write(folder, contents))
