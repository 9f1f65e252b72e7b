"""What the standalone modeling file may use, so that what its header says it never does is so."""

import ast

ANY = None
ALLOWED: dict[str, frozenset[str] | None] = {
    # Modules without files, processes and connections.
    **dict.fromkeys(
        "abc array base64 collections collections.abc contextlib copy dataclasses functools html"
        " itertools json math numbers operator re string typing unicodedata".split(),
        ANY,
    ),
    "concurrent.futures": frozenset({"ThreadPoolExecutor"}),
    "inspect": frozenset({"get_annotations", "signature"}),
    "logging": frozenset({"getLogger"}),
    "pathlib": frozenset({"Path"}),
    "numpy": frozenset(
        "array bincount concatenate diff flatnonzero float32 float64 fromiter full int32 int64"
        " isfinite maximum ndarray stack zeros".split()
    ),
    "fcntl": frozenset({"LOCK_EX", "flock"}),
    "os": frozenset("O_RDONLY O_RDWR close fsync listdir name open path".split()),
    "safetensors": frozenset({"SafetensorError", "safe_open"}),
    "safetensors.torch": frozenset({"save_file"}),
    "sys": frozenset({"stderr"}),
    "tempfile": frozenset({"TemporaryDirectory"}),
    "threading": frozenset({"Lock", "local"}),
    "tokenizers": frozenset({"Tokenizer"}),
    "torch": frozenset(
        "OutOfMemoryError Size Tensor bfloat16 cat compiler equal float16 float32 float64"
        " device from_numpy get_default_dtype inference_mode long nn sigmoid stack tensor where"
        " zeros".split()
    ),
    "torch.nn": frozenset({"functional"}),
    "tqdm": frozenset({"tqdm"}),
    "transformers": frozenset(
        "AutoConfig AutoModel AutoModelForSequenceClassification PreTrainedModel"
        " PreTrainedTokenizerFast PretrainedConfig".split()
    ),
    "transformers.modeling_outputs": ANY,
    "transformers.models.auto.configuration_auto": frozenset({"CONFIG_MAPPING"}),
    "transformers.utils": frozenset({"ModelOutput", "cached_file", "can_return_tuple"}),
}
"""What the file may import, and of a module what it may use; `torch.load` is not among it."""

BUILTINS = frozenset("__import__ breakpoint compile eval exec globals input locals open".split())
"""Names of Python that the file does not use."""

MEMBERS = frozenset(
    "__builtins__ __code__ __globals__ __loader__ __subclasses__ execv fork hub load open popen"
    " spawnv system trust_remote_code".split()
)
"""Attributes and keyword arguments that it has none of, but for those of `ALLOWED`."""


def check_safety(text: str) -> None:
    """Raise SystemExit unless what the header says that the file never does is so."""
    tree = ast.parse(text)
    modules = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    attributes = (node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    owners = {id(node) for node in attributes}
    for node in ast.walk(tree):
        used: list[tuple[str, str]] = []  # modules, and what is used of them
        match node:
            case ast.Import(names=aliases):
                used = [(alias.name, "") for alias in aliases]
            case ast.ImportFrom(module=str(module), names=aliases):
                used = [(module, alias.name) for alias in aliases]
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in modules:
                used = [(modules[name], attribute)]
        for module, member in used:
            allowed = ALLOWED.get(module, frozenset())
            is_listed = module in ALLOWED and (not member or allowed is ANY or member in allowed)
            if not is_listed:
                raise SystemExit(f"line {node.lineno}: {module} {member} is not in `ALLOWED`")
        match node:
            case ast.Name(id=name) if name in BUILTINS:
                raise SystemExit(f"line {node.lineno}: {name} is in `BUILTINS`")
            case ast.Name(id=name) if name in modules and id(node) not in owners:
                raise SystemExit(f"line {node.lineno}: {name} is used as a value")
            case ast.Attribute() if used:
                continue  # it is in `ALLOWED`
            case ast.Attribute(attr=name) | ast.keyword(arg=name) if name in MEMBERS:
                raise SystemExit(f"line {node.lineno}: {name} is in `MEMBERS`")
