"""The far side of `interchange.py`, run where llama-cpp-python is installed and hornbook is not.

    python interchange_llama.py ASKED OUT

ASKED is JSON: a container, prompts of token ids, how many tokens to add to each, and, for another
container, texts. OUT gets the greedy ids, the logits of the first prompt, and each text's ids.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from llama_cpp import GGML_TYPE_F32, Llama, llama_print_system_info


def opened(path: str, length: int) -> Llama:
    """The model on one thread, with keys and values in float32 instead of float16."""
    return Llama(
        path,
        n_ctx=length,
        n_batch=length,
        n_threads=1,
        n_threads_batch=1,
        logits_all=True,
        flash_attn=False,
        type_k=GGML_TYPE_F32,
        type_v=GGML_TYPE_F32,
        verbose=False,
    )


def greedy(model: Llama, prompt: list[int], steps: int) -> list[int]:
    """The likeliest ids one after the other, end-of-text included."""
    model.reset()
    model.eval(prompt)
    found: list[int] = []
    for _ in range(steps):
        found.append(int(model.scores[model.n_tokens - 1].argmax()))
        model.eval([found[-1]])
    return found


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    model = opened(asked["container"], asked["length"])
    model.eval(asked["prompts"][0])
    found: dict[str, Any] = {
        "logits": model.scores[: len(asked["prompts"][0])].tolist(),
        "greedy": [greedy(model, prompt, asked["steps"]) for prompt in asked["prompts"]],
        "system": llama_print_system_info().decode(),
    }
    if asked.get("text_container"):
        model = Llama(asked["text_container"], vocab_only=True, verbose=False)
        found["ids"] = [
            model.tokenize(text.encode(), add_bos=True, special=False) for text in asked["texts"]
        ]
        found["back"] = [model.detokenize(ids).decode(errors="replace") for ids in found["ids"]]
    return found


def main() -> None:
    asked, out = map(Path, sys.argv[1:])
    out.write_text(json.dumps(answer(json.loads(asked.read_text()))))


if __name__ == "__main__":
    main()
