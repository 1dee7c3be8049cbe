"""What a folder of Qwen3-0.6B's weights lacks where only they and its tokenizer are pinned: configuration, chat form.

Fetching the two is left to others. The figures are those of the published model (Qwen3 Technical Report, 2025); the
chat form is Qwen's ChatML, with the empty thought that stands for "without thinking".
"""

from __future__ import annotations

import json
from pathlib import Path

from classifier.errors import RouterUnavailable

CONFIG = {
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "vocab_size": 151936,
    "hidden_size": 1024,
    "intermediate_size": 3072,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "hidden_act": "silu",
    "attention_bias": False,
    "max_position_embeddings": 40960,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1e6,
    "tie_word_embeddings": True,
    "bos_token_id": 151643,
    "eos_token_id": 151645,
    "dtype": "bfloat16",
}
CHAT = (
    "{%- for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{%- if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
TOKENIZER = {
    "tokenizer_class": "Qwen2Tokenizer",
    "add_prefix_space": False,
    "clean_up_tokenization_spaces": False,
    "eos_token": "<|im_end|>",
    "pad_token": "<|endoftext|>",
    "chat_template": CHAT,
}


def furnish(folder: Path) -> Path:
    """Return the folder with `config.json` and `tokenizer_config.json`, written where they are missing.

    Raises:
        RouterUnavailable: the folder cannot be written.
    """
    try:
        for name, content in (("config.json", CONFIG), ("tokenizer_config.json", TOKENIZER)):
            if not (folder / name).exists():
                (folder / name).write_text(json.dumps(content, indent=1), "utf-8")
    except OSError as error:
        raise RouterUnavailable(f"The router's base cannot be made ready in {folder} ({error}).") from error
    return folder
