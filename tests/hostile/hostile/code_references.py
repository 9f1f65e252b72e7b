"""References to code, in config.json and in the folder; activations by name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.case import (
    AGREE,
    CONFIG,
    HARMLESS,
    MODELING,
    REFUSED,
    SAME,
    Case,
    Change,
    foreign_module,
    removing,
    setting,
    several,
    writing,
    writing_json,
)

CODE, ACTIVATIONS = "references to code", "activations"
KINDS = (CODE, ACTIVATIONS)
_ODD = (
    "a class in a list with a repository",
    "a list",
    "a list of two",
    "a number",
    "null",
    "auto_map a list",
    "auto_map a text",
)
"""No references at all: the Auto classes may stop at them before they call ours."""
_FROM_OURS = "from .modeling_pruning_encoder import *\n"


def cases(good: Path) -> Iterator[Case]:
    yield from _code()
    yield from _activations()


def _code() -> Iterator[Case]:
    second = foreign_module("configuration_pruning_encoder.py", _FROM_OURS)
    module = MODELING.removesuffix(".py")

    def mapping(**values: Any) -> Change:
        return setting(CONFIG, ("auto_map",), **values)

    references: dict[str, tuple[Change, bool]] = {
        "a second file": (
            several(
                second, mapping(AutoConfig="configuration_pruning_encoder.PruningEncoderConfig")
            ),
            True,
        ),
        "a second file for the model": (
            several(second, mapping(AutoModel="configuration_pruning_encoder.PruningEncoderModel")),
            True,
        ),
        "a second file that nothing names": (second, False),
        "another repository": (
            mapping(AutoConfig=f"evil/x--{module}.PruningEncoderConfig"),
            True,
        ),
        "another repository for the model": (
            mapping(AutoModel=f"evil/x--{module}.PruningEncoderModel"),
            True,
        ),
        "a class that is not there": (mapping(AutoModel=f"{module}.Nope"), False),
        "a class of torch": (mapping(AutoModel=f"{module}.torch"), False),
        "a file that is not there": (mapping(AutoModel="nope.PruningEncoderModel"), False),
        "a file outside": (mapping(AutoModel="../outside/x.X"), True),
        "an absolute file": (mapping(AutoModel="/evil/x.X"), True),
        "a list": (mapping(AutoModel=[f"{module}.PruningEncoderModel"]), False),
        "a list of two": (mapping(AutoConfig=["x.X", None]), False),
        "a number": (mapping(AutoModel=5), False),
        "null": (mapping(AutoConfig=None), False),
        "nothing": (mapping(AutoModel=""), False),
        "no dot": (mapping(AutoModel="x"), False),
        "many dots": (mapping(AutoModel="os.path.join"), False),
        "the class of another task": (
            mapping(AutoModel=f"{module}.PruningEncoderForTokenClassification"),
            False,
        ),
        "a tokenizer": (
            several(
                foreign_module("tokenization_x.py"),
                mapping(AutoTokenizer=["tokenization_x.X", None]),
            ),
            False,
        ),
        "a processor": (
            several(foreign_module("processing_x.py"), mapping(AutoProcessor="processing_x.X")),
            False,
        ),
        "a task that nobody knows": (mapping(AutoEvil="evil.X"), False),
        "auto_map a list": (setting(CONFIG, (), auto_map=["x.X"]), False),
        "auto_map a text": (setting(CONFIG, (), auto_map="x.X"), False),
        "auto_map empty": (setting(CONFIG, (), auto_map={}), False),
        "architectures of another": (setting(CONFIG, (), architectures=["os.system"]), False),
        "the file missing": (removing(MODELING), False),
        "the file empty": (writing(MODELING, ""), True),
        "the file changed": (foreign_module(MODELING), True),
        "the file no Python": (writing(MODELING, "this is no Python ("), True),
        "the file binary": (writing(MODELING, bytes(1_000)), True),
        "the file imports another": (
            several(second, writing(MODELING, "from .configuration_pruning_encoder import *\n")),
            True,
        ),
        "custom_generate": (foreign_module("custom_generate/generate.py"), False),
        "modules with the names of libraries": (
            several(*(foreign_module(f"{n}.py") for n in ("torch", "json", "transformers", "os"))),
            False,
        ),
        "sitecustomize": (
            several(foreign_module("sitecustomize.py"), foreign_module("usercustomize.py")),
            False,
        ),
        "a package": (
            several(foreign_module("__init__.py"), foreign_module("__main__.py")),
            False,
        ),
        "conftest and setup": (
            several(foreign_module("conftest.py"), foreign_module("setup.py")),
            False,
        ),
        "code in folders": (
            several(*(foreign_module(f"{n}.py") for n in ("x/__init__", "x/y/z", ".cache/x"))),
            False,
        ),
        "code by a link": (
            lambda folder: (
                foreign_module("../outside/x.py")(folder),
                (folder / "configuration_pruning_encoder.py").symlink_to("../outside/x.py"),
            ),
            False,
        ),
        "the file by a link to code": (
            lambda folder: (
                foreign_module("../outside/x.py")(folder),
                (folder / MODELING).unlink(),
                (folder / MODELING).symlink_to("../outside/x.py"),
            ),
            True,
        ),
        "a class with a repository and a path": (
            mapping(AutoConfig=f"evil/x--a/b/{module}.PruningEncoderConfig"),
            True,
        ),
        "a class of a folder": (
            several(foreign_module("x/y.py"), mapping(AutoModel="x/y.PruningEncoderModel")),
            True,
        ),
        "a class in a list with a repository": (
            mapping(AutoConfig=[f"evil/x--{module}.PruningEncoderConfig", None]),
            False,
        ),
        "many repositories": (mapping(AutoConfig="a/b--c/d--x.X"), True),
        "custom_pipelines": (
            several(
                foreign_module("pipeline_x.py"),
                setting(
                    CONFIG,
                    (),
                    custom_pipelines={
                        "text-classification": {
                            "impl": "pipeline_x.X",
                            "pt": ["AutoModelForSequenceClassification"],
                        }
                    },
                ),
            ),
            False,
        ),
        "compiled code": (
            several(*(writing(f"x.{end}", b"\x7fELF") for end in ("so", "pyc", "pyd", "dll"))),
            False,
        ),
        "paths for Python": (
            several(writing("x.pth", "import os"), writing("pyvenv.cfg", "home = /evil")),
            False,
        ),
        "custom_st.py": (foreign_module("custom_st.py"), False),
    }
    for label, (change, is_foreign) in references.items():
        odd = dict.fromkeys(("registered", "crossencoder"), HARMLESS) if label in _ODD else {}
        yield Case(
            name=f"references to code: {label}",
            kind=CODE,
            change=change,
            expect=SAME,
            by_way={} if is_foreign else {"emitted": HARMLESS, **odd},
            names=("auto_map", "AutoModel", "AutoConfig", "nope", "Nope", "pruning_encoder"),
            foreign_code=is_foreign,
        )
    files = ("processor_config.json", "preprocessor_config.json", "feature_extractor.json")
    files += ("generation_config.json", "config_sentence_transformers.json", "adapter_config.json")
    files += ("video_preprocessor_config.json", "image_processor_config.json")
    for file in files:
        yield Case(
            name=f"references to code: {file}",
            kind=CODE,
            change=several(
                writing_json(
                    file,
                    {
                        "auto_map": {
                            "AutoProcessor": "processing_x.X",
                            "AutoImageProcessor": "processing_x.X",
                        },
                        "processor_class": "X",
                    },
                ),
                foreign_module("processing_x.py"),
            ),
            expect=SAME,
            by_way=(dict.fromkeys(("registered", "emitted"), HARMLESS) if "adapter" in file else {})
            | {"crossencoder": HARMLESS},
            names=("custom code", file),
        )


_CALLABLES = (
    *("torch.utils.collect_env.main", "torch.load", "torch.hub.load", "torch.jit.load"),
    *("torch.distributed.launch.main", "torch.nn.Module", "torch.nn.modules.module.Module"),
    *("torch.nn.Linear", "torch.nn.MultiheadAttention", "torch.nn.Threshold", "torch.nn.Nope"),
    *("torch.nn.DataParallel", "torch.nn.Sequential", "torch.nn.Embedding", "torch.nn.LSTM"),
    *("torch.nn.modules.activation.torch.load", "torch.nn.functional.sigmoid", "torch.sigmoid"),
    *("torch.nn.modules.activation.os.system", "torch.nn", "torch", "nn.Sigmoid", "Sigmoid"),
    *("torch.nn.init.xavier_uniform_", "torch.nn.utils.parametrize.cached", "torch.empty"),
    *("torch.multiprocessing.spawn.spawn", "torch.cuda.init", "torch.compile", "torch.seed"),
    *("os.system", "subprocess.Popen", "builtins.eval", "builtins.exec", "posix.fork"),
    *("antigravity", "this", "idlelib.idle", "shutil.rmtree", "pickle.loads", "webbrowser.open"),
    *("activation_x.X", ".activation_x.X", "evil/x--activation_x.X", "../outside/x.X"),
    *("torch.nn.modules.activation..Sigmoid", "torch.nn.Sigmoid.__init__", "torch..os.system"),
    *("sentence_transformers.util.http_get", "transformers.pipeline", "torch.nn.Flatten"),
    *(
        "torch.nn.Dropout",
        "torch.nn.LayerNorm",
        "torch.nn.CrossEntropyLoss",
        "torch.nn.Tanhshrink ",
    ),
)
_ALLOWED = ("torch.nn.modules.activation.Sigmoid", "torch.nn.Sigmoid", "torch.nn.Identity")
_ALLOWED += ("torch.nn.modules.linear.Identity", "torch.nn.Tanh", "torch.nn.ReLU")


def _activations() -> Iterator[Case]:
    def case(label: str, change: Change, expect: str, *names: str) -> Case:
        return Case(
            name=f"activations: {label}",
            kind=ACTIVATIONS,
            change=change,
            expect=SAME,
            by_way={"crossencoder": expect},
            names=("activation_fn", "sentence_transformers", *names),
            compare_scores=expect != AGREE,
        )

    module = foreign_module("activation_x.py", "class X: pass")
    for name in _CALLABLES:
        change = setting(CONFIG, (), sentence_transformers={"activation_fn": name})
        yield case(name, several(module, change), REFUSED, name)
    for name in _ALLOWED:
        change = setting(CONFIG, (), sentence_transformers={"activation_fn": name})
        is_sigmoid = name.endswith("Sigmoid")
        yield case(name, change, SAME if is_sigmoid else AGREE, name)
    values = {"null": None, "empty": "", "x": "x", "0": 0, "[]": [], "{}": {}, "true": True}
    for label, value in values.items():
        change = setting(CONFIG, (), sentence_transformers={"activation_fn": value})
        yield case(f"the value {label}", change, HARMLESS)
        change = setting(CONFIG, (), sentence_transformers=value)
        yield case(f"sentence_transformers={label}", change, HARMLESS)
    for name in ("torch.utils.collect_env.main", "os.system", "torch.nn.Linear"):
        change = setting(CONFIG, (), sbert_ce_default_activation_function=name)
        yield case(f"the older key, {name}", change, HARMLESS, "sbert_ce", name)
        data = {"activation_fn": name, "model_type": "CrossEncoder"}
        change = writing_json("config_sentence_transformers.json", data)
        yield case(f"config_sentence_transformers.json, {name}", change, HARMLESS, name)
