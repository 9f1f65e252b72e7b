"""Files of other libraries in the folder, and model cards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.case import (
    AGREE,
    HARMLESS,
    README,
    SAME,
    Case,
    Change,
    foreign_module,
    removing,
    several,
    writing,
    writing_json,
)

LIBRARIES = "files of other libraries"
KINDS = (LIBRARIES,)


def cases(good: Path) -> Iterator[Case]:
    def case(label: str, change: Change, *names: str, compare_scores: bool = True) -> Case:
        return Case(
            name=f"files of other libraries: {label}",
            kind=LIBRARIES,
            change=change,
            expect=SAME,
            by_way=(
                dict.fromkeys(("registered", "emitted"), HARMLESS) if "adapter" in label else {}
            )
            | {"crossencoder": HARMLESS if compare_scores else AGREE},
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
