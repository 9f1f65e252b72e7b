"""Hostile folders around good files: references to code, other libraries' files, links, places."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.case import (
    AGREE,
    CONFIG,
    FILES,
    HARMLESS,
    MODELING,
    README,
    REFUSED,
    SAME,
    TOKENIZER_CONFIG,
    WEIGHTS,
    Case,
    Change,
    edit,
    foreign_module,
    removing,
    several,
    setting,
    writing,
    writing_json,
)
from hostile.good import OTHER_PROJECTS

CODE, ACTIVATIONS, LIBRARIES, LINKS, PLACES, OTHERS = (
    "references to code",
    "activations",
    "files of other libraries",
    "links",
    "folders and pipes",
    "other projects' checkpoints",
)
_NEEDED = (CONFIG, WEIGHTS, "tokenizer.json")
_FROM_OURS = "from .modeling_pruning_encoder import *\n"


def cases(good: Path) -> Iterator[Case]:
    yield from _code()
    yield from _activations()
    yield from _libraries()
    yield from _links()
    yield from _places()
    yield from _other_projects()


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
        "an absolute file": (mapping(AutoModel="/tmp/x.X"), True),
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
        "custom_st.py": (foreign_module("custom_st.py"), False),
    }
    for label, (change, is_foreign) in references.items():
        yield Case(
            name=f"references to code: {label}",
            kind=CODE,
            change=change,
            expect=SAME,
            by_way={} if is_foreign else {"emitted": HARMLESS},
            names=("auto_map", "AutoModel", "AutoConfig", "nope", "Nope", "pruning_encoder"),
            foreign_code=is_foreign,
        )
    for file in ("processor_config.json", "preprocessor_config.json", "feature_extractor.json"):
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


def _libraries() -> Iterator[Case]:
    def case(label: str, change: Change, *names: str, compare_scores: bool = True) -> Case:
        return Case(
            name=f"files of other libraries: {label}",
            kind=LIBRARIES,
            change=change,
            expect=SAME,
            by_way={"crossencoder": HARMLESS if compare_scores else AGREE},
            names=("modules.json", "sentence_transformers", *names),
            compare_scores=compare_scores,
        )

    code = foreign_module("custom_st.py", "class X: pass")
    modules: dict[str, Any] = {
        "a class of the folder": "custom_st.X",
        "a function of torch": "torch.utils.collect_env.main",
        "a class of torch": "torch.nn.Linear",
        "a process": "subprocess.Popen",
        "a class of ours": "pruning_crossencoder.PruningCrossEncoder",
        "a module of theirs": "sentence_transformers.models.Normalize",
        "a function of theirs": "sentence_transformers.util.http_get",
        "another repository": "evil/x--custom_st.X",
        "a number": 5,
        "null": None,
    }
    for label, name in modules.items():
        rows = [{"idx": 0, "name": "0", "path": "", "type": name}]
        yield case(
            f"modules.json, {label}",
            several(code, writing_json("modules.json", rows)),
            str(name),
        )
        rows = [
            {
                "idx": 0,
                "name": "0",
                "path": "",
                "type": "sentence_transformers.models.Transformer",
            },
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": name},
        ]
        yield case(
            f"modules.json, then {label}",
            several(
                code,
                writing_json("modules.json", rows),
                writing_json("1_Pooling/config.json", {"x": 1}),
            ),
            str(name),
        )
    for path in ("../outside", "/etc", "1_Pooling", "evil/x", ""):
        rows = [
            {
                "idx": 0,
                "name": "0",
                "path": path,
                "type": "sentence_transformers.models.Transformer",
            }
        ]
        yield case(f"modules.json, the path {path!r}", writing_json("modules.json", rows), path)
    damaged = {
        "empty": "",
        "a list": "[]",
        "a number": "5",
        "an object": "{}",
        "nested": "[" * 10**5,
    }
    for file in (
        "modules.json",
        "config_sentence_transformers.json",
        "sentence_bert_config.json",
        "generation_config.json",
        "adapter_config.json",
        "processor_config.json",
        "preprocessor_config.json",
        "model_index.json",
        "quantization_config.json",
        "quant_config.json",
        "hf_quant_config.json",
        "trainer_state.json",
        "chat_template.json",
    ):
        for label, contents in damaged.items():
            yield case(f"{file} {label}", writing(file, contents), file)
    files: dict[str, tuple[str, Any]] = {
        "sentence_bert_config, length": ("sentence_bert_config.json", {"max_seq_length": 10**9}),
        "sentence_bert_config, arguments": (
            "sentence_bert_config.json",
            {
                "model_args": {"trust_remote_code": True, "attn_implementation": "evil/kernel"},
                "config_args": {"trust_remote_code": True},
                "tokenizer_args": {"trust_remote_code": True},
                "processor_kwargs": {"trust_remote_code": True},
                "model_kwargs": {"trust_remote_code": True},
            },
        ),
        "sentence_bert_config, task": ("sentence_bert_config.json", {"transformer_task": "evil"}),
        "sentence_bert_config, backend": ("sentence_bert_config.json", {"backend": "onnx"}),
        "config_sentence_transformers, type": (
            "config_sentence_transformers.json",
            {"model_type": "SparseEncoder"},
        ),
        "config_sentence_transformers, default prompt": (
            "config_sentence_transformers.json",
            {"default_prompt_name": "nope", "prompts": {}},
        ),
        "config_sentence_transformers, prompts of numbers": (
            "config_sentence_transformers.json",
            {"default_prompt_name": "x", "prompts": {"x": 5}},
        ),
        "config_sentence_transformers, versions": (
            "config_sentence_transformers.json",
            {"__version__": {"sentence_transformers": "99.0.0", "pytorch": 5}},
        ),
        "config_sentence_transformers, trust": (
            "config_sentence_transformers.json",
            {"trust_remote_code": True, "similarity_fn_name": "evil"},
        ),
        "generation_config": ("generation_config.json", {"max_length": -5, "x": {"y": [1]}}),
        "adapter_config": (
            "adapter_config.json",
            {"base_model_name_or_path": "evil/x", "peft_type": "LORA", "task_type": "SEQ_CLS"},
        ),
        "adapter_config, code": (
            "adapter_config.json",
            {
                "base_model_name_or_path": "../outside",
                "peft_type": "LORA",
                "auto_mapping": {"base_model_class": "X", "parent_library": "custom_st"},
            },
        ),
        "hf_quant_config": ("hf_quant_config.json", {"quant_method": "gptq", "bits": 4}),
        "model_index": ("model_index.json", {"_class_name": "X", "x": ["custom_st", "X"]}),
        "trainer_state": ("trainer_state.json", {"best_model_checkpoint": "../outside"}),
    }
    for label, (file, data) in files.items():
        yield case(label, several(code, writing_json(file, data)), file, *map(str, data))
    yield case(
        "prompts",
        writing_json(
            "config_sentence_transformers.json",
            {"default_prompt_name": "x", "prompts": {"x": "cats cats "}},
        ),
        compare_scores=False,
    )
    yield case("pooling", writing_json("1_Pooling/config.json", {"word_embedding_dimension": 5}))
    yield case("2,000 more files", _crowd)
    yield case("a model card with links", writing(README, "[x](file:///etc/passwd)\n" * 1_000))
    yield case("a model card of 20 MB", writing(README, "x" * 20_000_000))
    yield case("a model card in binary", writing(README, bytes(range(256))))
    yield case(
        "a model card's YAML", writing(README, "---\n!!python/object/apply:os.system [x]\n---")
    )
    yield case("no model card", removing(README))


def _crowd(folder: Path) -> None:
    for number in range(2_000):
        (folder / f"model-{number:05}.txt").touch()


def _links() -> Iterator[Case]:
    def linked(file: str) -> Change:
        def change(folder: Path) -> None:
            (folder / file).rename(folder.parent / "outside" / file)
            (folder / file).symlink_to(Path("..") / "outside" / file)

        return change

    def to(file: str, target: str) -> Change:
        def change(folder: Path) -> None:
            (folder / file).unlink()
            (folder / file).symlink_to(target)

        return change

    for file in FILES:
        is_needed = file in _NEEDED
        yield Case(
            name=f"links: {file} lies outside",
            kind=LINKS,
            change=linked(file),
            expect=SAME,  # as in the hub's cache
            foreign_code=file == MODELING,
        )
        for target in (
            *(
                "/dev/zero",
                "/dev/random",
                "/proc/self/environ",
                "nowhere",
                file,
                "..",
                "config.json",
            ),
        ):
            if target == "config.json" and file == CONFIG:
                continue
            expect = REFUSED if is_needed else HARMLESS
            yield Case(
                name=f"links: {file} -> {target if target != file else 'itself'}",
                kind=LINKS,
                change=to(file, target),
                expect=expect,
                by_way={"core": SAME} if not is_needed else {},
                foreign_code=file == MODELING and target == "config.json",
                names=(target,),
            )

    def every(folder: Path) -> None:
        for path in list(folder.iterdir()):
            linked(path.name)(folder)

    def itself(folder: Path) -> None:
        folder.rename(folder.parent / "outside" / "checkpoint")
        folder.symlink_to(Path("outside") / "checkpoint")

    yield Case(name="links: every file lies outside", kind=LINKS, change=every, expect=SAME)
    yield Case(name="links: the folder is a link", kind=LINKS, change=itself, expect=SAME)


def _places() -> Iterator[Case]:
    def folder_called(file: str) -> Change:
        def change(folder: Path) -> None:
            (folder / file).unlink(missing_ok=True)
            (folder / file).mkdir()
            (folder / file / "x").write_text("x")

        return change

    def pipe_called(file: str) -> Change:
        def change(folder: Path) -> None:
            (folder / file).unlink(missing_ok=True)
            os.mkfifo(folder / file)

        return change

    more = ("special_tokens_map.json", "added_tokens.json", "modules.json", "vocab.txt")
    more += ("config_sentence_transformers.json", "sentence_bert_config.json")
    more += ("adapter_config.json", "generation_config.json", "chat_template.jinja")
    more += (
        "pruning_encoder_config.json",
        "model.safetensors.index.json",
        "additional_chat_templates",
    )
    for file in (*FILES, *more):
        for label, change in {"folder": folder_called, "pipe": pipe_called}.items():
            yield Case(
                name=f"folders and pipes: {file} is a {label}",
                kind=PLACES,
                change=change(file),
                expect=REFUSED if file in _NEEDED else HARMLESS,
                by_way={} if file in _NEEDED else {"core": SAME},
                names=(file,),
            )

    def emptied(folder: Path) -> None:
        for path in list(folder.iterdir()):
            path.unlink()

    def inner(folder: Path) -> None:
        (folder / "checkpoint").mkdir()
        for path in list(folder.iterdir()):
            if path.is_file():
                path.rename(folder / "checkpoint" / path.name)

    def upper(folder: Path) -> None:
        (folder / CONFIG).rename(folder / "Config.JSON")

    def unreadable(folder: Path) -> None:
        edit(folder / TOKENIZER_CONFIG, x=1)
        for path in folder.iterdir():
            path.chmod(0o000)

    yield Case(
        name="folders and pipes: an empty folder", kind=PLACES, change=emptied, expect=REFUSED
    )
    yield Case(
        name="folders and pipes: the files one folder deeper",
        kind=PLACES,
        change=inner,
        expect=REFUSED,
    )
    yield Case(
        name="folders and pipes: config.json in other letters",
        kind=PLACES,
        change=upper,
        expect=REFUSED,
    )
    yield Case(
        name="folders and pipes: no rights to read",
        kind=PLACES,
        change=unreadable,
        expect=SAME if os.geteuid() == 0 else REFUSED,
    )
    for file in FILES:
        yield Case(
            name=f"folders and pipes: {file} missing",
            kind=PLACES,
            change=removing(file),
            expect=REFUSED if file in _NEEDED else HARMLESS,
            by_way={} if file in _NEEDED else {"core": SAME},
            names=(file, "pruning_encoder"),
        )


def _other_projects() -> Iterator[Case]:
    """Core opens them by name; here each is damaged where only its reader looks."""
    others = {"registered": "skipped", "emitted": "skipped", "crossencoder": "skipped"}

    def case(base: str, label: str, change: Change, expect: str, *names: str) -> Case:
        return Case(
            name=f"other projects: {label} [{base}]",
            kind=OTHERS,
            base=base,
            change=change,
            expect=expect,
            by_way=others,
            names=(CONFIG, WEIGHTS, *names),
        )

    values: dict[str, Any] = {"null": None, "list": [], "text": "x", "number": 5, "huge": 10**18}
    for base in OTHER_PROJECTS:
        keys = {
            "provence": ("hidden_size", "num_hidden_layers", "vocab_size", "architectures"),
            "xprovence": ("hidden_size", "num_hidden_layers", "vocab_size", "auto_map"),
            "open_provence": ("base_model_config", "pruning_config", "max_length", "num_labels"),
            "zilliz": ("base_model_config", "pruning_config", "default_threadshold", "mode"),
            "july_2025": ("mode", "pruning_config", "max_length", "num_labels"),
        }[base]
        for key in keys:
            for label, value in values.items():
                files = [CONFIG]
                if base == "july_2025":
                    files.append("pruning_encoder_config.json")
                change = several(*(setting(file, (), **{key: value}) for file in files))
                names = (
                    key.replace("threadshold", "threshold"),
                    str(value),
                    "ranking_model",
                    "head",
                )
                yield case(base, f"{key}={label}", change, AGREE, *names)
        if base != "july_2025":
            for label, size in {"empty": 0, "half": 20_000}.items():
                yield case(
                    base,
                    f"weights {label}",
                    lambda folder, s=size: (folder / WEIGHTS).write_bytes(
                        (folder / WEIGHTS).read_bytes()[:s]
                    ),
                    REFUSED,
                )
            yield case(base, "no weights", removing(WEIGHTS), REFUSED)
    yield case("july_2025", "a pickled head", lambda folder: None, REFUSED, "allow_pickled_head")
    for file in ("ranking_model/config.json", "pruning_encoder_config.json"):
        for label, contents in {"empty": "", "list": "[1]", "nested": "[" * 100_000}.items():
            yield case(
                "july_2025",
                f"{file} {label}",
                writing(file, contents),
                REFUSED,
                "config.json",
                file.split("/")[-1],
            )
