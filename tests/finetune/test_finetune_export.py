"""A taught router written out: read back with the formats' own readers, and as good as what it was made of."""

import json
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny_language_model import WATER_OR_FIRE, tiny_model, tiny_tokenizer

from classifier.errors import RouterUnavailable
from classifier.language_model import CodeScorer, load_base, use_label_head
from classifier.ollama import context_tokens
from classifier.prompt import Prompt, router_prompt
from classifier.taxonomy import Taxonomy
from finetune.baselines import PromptedModel
from finetune.code_rows import code_rows, writer_of_codes
from finetune.examples import Example, ExamplesRejected
from finetune.export import (
    adapter_to_gguf,
    create_command,
    export_router,
    export_training,
    exportable,
    merge,
    modelfile,
)

QUESTIONS = ["is it hot?", "wet", "who turned the stove on again yesterday?"]
EXAMPLES = [
    Example("is the\u2028pipe  wet?", "water", "w"),
    Example("größer Ofen", "fire", "f"),
    Example("hello", "none", "n"),
]
LAYERS = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]


def tiny_qwen3() -> Any:
    """A seeded random Qwen3 of two layers, whose output matrix is its input's, as Qwen3-0.6B's is."""
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(tiny_tokenizer()),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        initializer_range=0.3,
    )
    return Qwen3ForCausalLM(config).requires_grad_(False).train(False)


def write_adapter(model: Any, folder: Path, **config: Any) -> Path:
    """A LoRA of seeded noise on every linear layer, as peft writes it after training."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    settings = {
        "r": 4,
        "lora_alpha": 8,
        "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        "init_lora_weights": False,
        "task_type": "CAUSAL_LM",
        **config,
    }
    get_peft_model(model, LoraConfig(**settings)).to(torch.bfloat16).save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def qwen3_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("qwen3")
    tiny_qwen3().save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_adapter(tiny_model(), tmp_path_factory.mktemp("adapter"))


@pytest.fixture(scope="module")
def qwen3_adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_adapter(tiny_qwen3(), tmp_path_factory.mktemp("qwen3-adapter"))


@pytest.fixture(params=["qwen2", "qwen3"])
def pair(
    request: pytest.FixtureRequest, tiny_base: Path, adapter: Path, qwen3_base: Path, qwen3_adapter: Path
) -> tuple[str, Path, Path]:
    """An architecture, a base of it, and the base's adapter."""
    if request.param == "qwen2":
        return "qwen2", tiny_base, adapter
    return "qwen3", qwen3_base, qwen3_adapter


def text(reader: gguf.GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    assert field is not None
    return field.contents()


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """Let no file grow beyond a few bytes, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_lora_in_gguf_holds_the_factors_under_the_names_of_llama_cpp(
    pair: tuple[str, Path, Path], tmp_path: Path
) -> None:
    architecture, base, adapter = pair
    adapter_to_gguf(adapter, base, tmp_path / "deep" / "router.gguf")

    reader = gguf.GGUFReader(tmp_path / "deep" / "router.gguf")
    assert text(reader, "general.architecture") == architecture
    assert text(reader, "general.type") == "adapter"
    assert text(reader, "adapter.type") == "lora"
    assert text(reader, "adapter.lora.alpha") == 8.0
    found = {tensor.name: tensor for tensor in reader.tensors}
    assert set(found) == {
        f"blk.{layer}.{name}.weight.lora_{factor}" for layer in (0, 1) for name in LAYERS for factor in "ab"
    }
    assert {tensor.tensor_type for tensor in reader.tensors} == {gguf.GGMLQuantizationType.F32}
    written = load_file(adapter / "adapter_model.safetensors")
    for name, source in [
        ("blk.1.attn_k.weight.lora_a", "self_attn.k_proj.lora_A"),
        ("blk.1.ffn_down.weight.lora_b", "mlp.down_proj.lora_B"),
    ]:
        expected = written[f"base_model.model.model.layers.1.{source}.weight"].float().numpy()
        np.testing.assert_array_equal(found[name].data, expected)
        assert list(found[name].shape) == list(expected.shape)[::-1]  # as ggml counts dimensions
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["router.gguf"]


def test_what_the_gguf_adds_to_a_layer_is_what_peft_adds(pair: tuple[str, Path, Path], tmp_path: Path) -> None:
    _, base, adapter = pair
    adapter_to_gguf(adapter, base, tmp_path / "router.gguf")

    reader = gguf.GGUFReader(tmp_path / "router.gguf")
    factors = {tensor.name: tensor.data for tensor in reader.tensors}
    a, b = factors["blk.0.ffn_up.weight.lora_a"], factors["blk.0.ffn_up.weight.lora_b"]
    before, after = (load_base(base, each)[0].model.layers[0].mlp.up_proj.weight.float() for each in (None, adapter))
    # llama.cpp's rule: alpha by the rank.
    added = text(reader, "adapter.lora.alpha") / len(a) * (b @ a)
    np.testing.assert_allclose(added, (after - before).numpy(), atol=0.02)
    assert np.abs(added).max() > 0.3


def test_merged_the_model_scores_as_with_its_adapter(pair: tuple[str, Path, Path], tmp_path: Path) -> None:
    architecture, base, adapter = pair
    merge(base, adapter, tmp_path / "merged")

    scored = [
        CodeScorer(*load_base(*parts), WATER_OR_FIRE).log_probabilities(QUESTIONS)
        for parts in ((tmp_path / "merged",), (base, adapter), (base,))
    ]
    np.testing.assert_allclose(scored[0], scored[1], atol=1e-6)
    assert np.abs(scored[0] - scored[2]).max() > 0.1
    tied = json.loads((tmp_path / "merged" / "config.json").read_text())["tie_word_embeddings"]
    assert tied == (architecture == "qwen3")


def test_merging_again_replaces_the_model_and_nothing_else(tiny_base: Path, adapter: Path, tmp_path: Path) -> None:
    merge(tiny_base, adapter, tmp_path / "merged")
    (tmp_path / "merged" / "old.safetensors").touch()
    merge(tiny_base, adapter, tmp_path / "merged")
    assert not (tmp_path / "merged" / "old.safetensors").exists()

    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "pool.jpg").touch()
    with pytest.raises(RouterUnavailable, match=r"photos cannot be written.*not empty"):
        merge(tiny_base, adapter, tmp_path / "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["pool.jpg"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["merged", "photos"]


def test_an_exported_router_is_an_adapter_and_a_modelfile(pair: tuple[str, Path, Path], tmp_path: Path) -> None:
    architecture, base, adapter = pair
    prompt = router_prompt(WATER_OR_FIRE, "code", tiny_tokenizer())

    assert export_router(base, adapter, tmp_path, WATER_OR_FIRE) == [tmp_path / "router.gguf", tmp_path / "Modelfile"]

    lines = (tmp_path / "Modelfile").read_text()
    assert f"FROM {'qwen3:0.6b' if architecture == 'qwen3' else 'qwen2.5-coder:0.5b'}\n" in lines
    assert "ADAPTER ./router.gguf\n" in lines
    assert f'TEMPLATE """{prompt.before}{{{{ .Prompt }}}}{prompt.after}"""\n' in lines
    assert "PARAMETER temperature 0\n" in lines
    assert f"PARAMETER num_ctx {context_tokens(prompt)}\n" in lines
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Modelfile", "router.gguf"]


def test_an_export_may_name_its_base_and_hold_the_merged_model(tiny_base: Path, adapter: Path, tmp_path: Path) -> None:
    written = export_router(tiny_base, adapter, tmp_path, WATER_OR_FIRE, "my-qwen:latest", merged=True)

    assert [path.name for path in written] == ["router.gguf", "Modelfile", "merged"]
    assert "FROM my-qwen:latest\n" in (tmp_path / "Modelfile").read_text()
    load_base(tmp_path / "merged")


def test_an_adapter_says_what_it_is_exported_for() -> None:
    config = {"mode": "code", "base": {"name": "tiny"}, "categories": WATER_OR_FIRE.rows}

    assert exportable(config, Path("x")) == ("tiny", WATER_OR_FIRE)
    assert exportable({**config, "mode": "head"}, Path("x")) == ("tiny", WATER_OR_FIRE)
    for odd, why in (
        ({**config, "mode": "category"}, "in x writes names"),
        ({"mode": "code", "base": {"name": "tiny"}}, "does not say what it was taught"),
    ):
        with pytest.raises(RouterUnavailable, match=why):
            exportable(odd, Path("x"))


def test_the_line_for_ollama_works_from_anywhere() -> None:
    assert create_command(Path("/my house")) == "ollama create our-house-router -f '/my house/Modelfile'"


def test_quotation_marks_and_braces_of_a_category_end_no_template() -> None:
    prompt = Prompt('AA the """blue""" {{room}} {"', "\n", {})

    template = modelfile(prompt, "base").partition('TEMPLATE """')[2].partition('"""\nPARAMETER')[0]

    assert '"""' not in template
    # Go's templates write what stands between backticks as it is.
    shown = template
    for literal in ('"', "{{", "{"):
        shown = shown.replace(f"{{{{`{literal}`}}}}", {"{{": "\x01", "{": "\x02"}.get(literal, literal))
    assert shown == 'AA the """blue""" \x01room}} \x02"{{ .Prompt }}\n'


def test_a_code_of_several_tokens_is_refused(tiny_base: Path, adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable, match="code AB takes 2 tokens"):
        export_router(tiny_base, adapter, tmp_path, Taxonomy.of([("water", "AB", ""), ("fire", "BB", "")]))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"use_dora": True}, "it uses use_dora"),
        ({"use_rslora": True}, "it uses use_rslora"),
        ({"target_modules": ["q_proj", "lm_head"]}, r"it changes base_model\.model\.lm_head"),
        ({"bias": "all", "target_modules": ["q_proj"]}, r"it changes base_model\..*bias"),
        ({"modules_to_save": ["lm_head"]}, "answers through a head of its own"),
    ],
)
def test_an_adapter_that_a_gguf_cannot_say_is_refused(
    config: dict[str, Any], why: str, tiny_base: Path, tmp_path: Path
) -> None:
    odd = write_adapter(tiny_model(), tmp_path / "odd", **config)

    with pytest.raises(RouterUnavailable, match=why):
        adapter_to_gguf(odd, tiny_base, tmp_path / "router.gguf")
    assert not (tmp_path / "router.gguf").exists()


@pytest.fixture(scope="module")
def headed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter of the tiny base that answers through a head over three labels."""
    model = tiny_model()
    use_label_head(model, 3)
    torch.nn.init.normal_(model.lm_head.weight, std=0.3)
    return write_adapter(model, tmp_path_factory.mktemp("headed"), modules_to_save=["lm_head"])


def test_the_rows_of_a_head_make_a_model_write_the_codes_that_the_head_chooses(tiny_base: Path, headed: Path) -> None:
    rows = code_rows(tiny_base, headed, WATER_OR_FIRE)
    writer = PromptedModel(*writer_of_codes(tiny_base, headed, rows), WATER_OR_FIRE, "code", most=1)
    chosen = CodeScorer(*load_base(tiny_base, headed), WATER_OR_FIRE)

    expected = [chosen.labels[at] for at in chosen.log_probabilities(QUESTIONS).argmax(axis=1)]

    assert [writer.label(writer.write(question)) for question in QUESTIONS] == expected


def test_merged_with_its_rows_a_head_scores_as_before(tiny_base: Path, headed: Path, tmp_path: Path) -> None:
    merge(tiny_base, headed, tmp_path / "merged", code_rows(tiny_base, headed, WATER_OR_FIRE))

    merged, before = (
        CodeScorer(*load_base(*parts), WATER_OR_FIRE).log_probabilities(QUESTIONS)
        for parts in ((tmp_path / "merged",), (tiny_base, headed))
    )
    np.testing.assert_allclose(merged, before, atol=0.05)  # its rows are kept in bfloat16
    with pytest.raises(RouterUnavailable, match="merged with its rows"):
        merge(tiny_base, headed, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_the_gguf_changes_the_rows_of_the_codes_and_no_others(tiny_base: Path, headed: Path, tmp_path: Path) -> None:
    rows = code_rows(tiny_base, headed, WATER_OR_FIRE)
    export_router(tiny_base, headed, tmp_path, WATER_OR_FIRE)

    reader = gguf.GGUFReader(tmp_path / "router.gguf")
    factors = {tensor.name: tensor.data for tensor in reader.tensors}
    a, b = factors["output.weight.lora_a"], factors["output.weight.lora_b"]
    outputs = load_base(tiny_base)[0].lm_head.weight.float().numpy()
    changed = outputs + text(reader, "adapter.lora.alpha") / len(a) * (b @ a)
    np.testing.assert_allclose(changed[list(rows.tokens)], rows.rows, atol=1e-4)
    others = [at for at in range(len(outputs)) if at not in rows.tokens]
    np.testing.assert_array_equal(changed[others], outputs[others])


def test_a_head_is_not_exported_where_writing_and_reading_share_a_matrix(qwen3_base: Path, headed: Path) -> None:
    with pytest.raises(RouterUnavailable, match=r"--mode code --out FOLDER.*--adapter FOLDER"):
        code_rows(qwen3_base, headed, WATER_OR_FIRE)


def test_another_architecture_is_refused(tiny_base: Path, adapter: Path, tmp_path: Path) -> None:
    base = shutil.copytree(tiny_base, tmp_path / "base")
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, "model_type": "llama"}))

    with pytest.raises(RouterUnavailable, match="is a llama; only adapters of qwen2 and qwen3"):
        adapter_to_gguf(adapter, base, tmp_path / "router.gguf")


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors"])
@pytest.mark.parametrize("damage", [None, b"{}"])
def test_a_damaged_adapter_is_refused(
    name: str, damage: bytes | None, tiny_base: Path, adapter: Path, tmp_path: Path
) -> None:
    broken = shutil.copytree(adapter, tmp_path / "broken")
    (broken / name).unlink()
    if damage is not None:
        (broken / name).write_bytes(damage)

    with pytest.raises(RouterUnavailable, match="broken is no folder of a LoRA adapter"):
        adapter_to_gguf(broken, tiny_base, tmp_path / "router.gguf")


def test_a_base_that_is_missing_is_refused(adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable, match="no folder of a router's base"):
        export_router(tmp_path / "nothing", adapter, tmp_path / "out", WATER_OR_FIRE)


def test_a_base_without_its_tokenizer_is_refused(tiny_base: Path, adapter: Path, tmp_path: Path) -> None:
    base = shutil.copytree(tiny_base, tmp_path / "base")
    (base / "tokenizer.json").unlink()

    with pytest.raises(RouterUnavailable, match=r"tokenizer cannot be read.*there is no tokenizer\.json"):
        export_router(base, adapter, tmp_path / "out", WATER_OR_FIRE)


def test_a_folder_that_cannot_be_written_is_named(tiny_base: Path, adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(RouterUnavailable, match=r"router\.gguf cannot be written.*Choose another folder"):
        export_router(tiny_base, adapter, tmp_path / "file" / "out", WATER_OR_FIRE)
    with pytest.raises(RouterUnavailable, match=r"train\.json cannot be written|dataset_info\.json"):
        export_training(EXAMPLES, "alpaca", tmp_path / "file" / "train.json", WATER_OR_FIRE)


def test_a_full_disk_leaves_no_half_of_a_file(tiny_base: Path, adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "router.gguf").write_bytes(b"as before")

    with little_room(2_000), pytest.raises(RouterUnavailable, match=r"router\.gguf cannot be written.*free some"):
        adapter_to_gguf(adapter, tiny_base, tmp_path / "router.gguf")
    with little_room(2_000), pytest.raises(RouterUnavailable, match=r"merged cannot be written.*free some"):
        merge(tiny_base, adapter, tmp_path / "merged")

    assert [path.name for path in tmp_path.iterdir()] == ["router.gguf"]
    assert (tmp_path / "router.gguf").read_bytes() == b"as before"


def test_messages_are_the_very_prompt(tmp_path: Path) -> None:
    assert export_training(EXAMPLES, "messages", tmp_path / "train.jsonl", WATER_OR_FIRE) == [tmp_path / "train.jsonl"]

    rows = [json.loads(line)["messages"] for line in (tmp_path / "train.jsonl").read_text().split("\n")[:-1]]
    tokenizer = tiny_tokenizer()
    prompt = router_prompt(WATER_OR_FIRE, "code", tokenizer)
    for row, question, code in zip(rows, ["is the pipe wet?", "größer Ofen", "hello"], ["AA", "BB", "ZZ"], strict=True):
        said = tokenizer.apply_chat_template(row, tokenize=False)
        assert said == f"{prompt.before}{question}{prompt.after}{code}<|im_end|>\n"


def test_alpaca_is_the_very_prompt_with_its_entry_beside_it(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text('{"mine": {"file_name": "mine.json"}}')

    written = export_training(EXAMPLES, "alpaca", tmp_path / "house.json", WATER_OR_FIRE, "category")

    rows = json.loads((tmp_path / "house.json").read_text("utf-8"))
    info = json.loads((tmp_path / "dataset_info.json").read_text("utf-8"))
    assert written == [tmp_path / "house.json", tmp_path / "dataset_info.json"]
    assert info["mine"] == {"file_name": "mine.json"}
    assert info["house"]["file_name"] == "house.json"
    columns = info["house"]["columns"]
    prompt = router_prompt(WATER_OR_FIRE, "category", tiny_tokenizer())
    for row, example in zip(rows, EXAMPLES, strict=True):
        # How LLaMA-Factory makes a turn of these: the instruction, and the input below it where there is one.
        asked = "\n".join(filter(None, [row[columns["prompt"]], row[columns["query"]]]))
        assert asked == " ".join(example.question.split())
        assert row[columns["system"]] in prompt.before
        assert row[columns["response"]] == prompt.completions[example.category]


def test_a_dataset_info_that_is_none_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text("[]")

    with pytest.raises(RouterUnavailable, match=r"dataset_info\.json is there already and cannot be added to"):
        export_training(EXAMPLES, "alpaca", tmp_path / "house.json", WATER_OR_FIRE)
    assert [path.name for path in tmp_path.iterdir()] == ["dataset_info.json"]


def test_labels_that_the_taxonomy_lacks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExamplesRejected, match="no categories here: earth"):
        export_training([*EXAMPLES, Example("mud", "earth", "e")], "messages", tmp_path / "t.jsonl", WATER_OR_FIRE)
