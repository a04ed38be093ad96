"""Let other programs read an export and compare what they compute with what we do.

    python tools/interchange.py --out docs/endurance.md

Makes a virtual environment for each of TransformerLens and llama-cpp-python (the latter is compiled,
which takes minutes), exports random models, has the programs read them and compares. Run by hand:
it installs packages. Theirs are not imported here, and ours not there.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch
from marked import fill
from safetensors.torch import load_file, save_file
from torch import Tensor

from hornbook.model import ModelSettings
from hornbook.model.cache import Cache, Past
from hornbook.model.exports import Export, export_model
from hornbook.model.transformer import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.tokens.tokenizer import Tokenizer, train_tokenizer

LENS, LLAMA = "transformer-lens==3.9.0", "llama-cpp-python==0.3.36"
HERE = Path(__file__).resolve().parent
LOG = HERE.parent / "docs" / "measured" / "llama-cpp-build.log"
LOG_LINES = 40
PATHS = re.compile(r"(/[\w.+-]+){2,}/?")
QUIET = {"HF_HUB_DISABLE_TELEMETRY": "1", "WANDB_MODE": "disabled", "DO_NOT_TRACK": "1"}
SHAPE = ModelSettings(
    layers=6, hidden=256, heads=8, rotary=16, inner=1024, context=256, vocab_size=1024
)
PROMPTS, PROMPT, STEPS = 8, 24, 64
TEXTS = (
    "def f(x):\n    if x == 12345:\n        return x + 1\n",
    "\t\tfor i in range(10):\n\t\t\tprint(i)\n\n\n    \n",
    "x = \"it's we'll\"   # Ünï çödé 漢字 🎉  ",
    "class A:\r\n                                        pass\r\n",
    " leading and trailing   ",
    "don't <|endoftext|> stop",
)


@dataclass(frozen=True)
class Material:
    """A random model as ours, exported for both, and the ids everyone reads."""

    model: Phi
    tokens: int
    folder: Path
    container: Path
    ids: Tensor


def random_model(shape: ModelSettings, seed: int) -> Phi:
    """Weights large enough that the likeliest token is ahead by more than rounding."""
    random = torch.Generator().manual_seed(seed)
    model = Phi(shape).initialise(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2:
                parameter.mul_(4.0)
            else:
                centre = 1.0 if "layernorm.weight" in name else 0.0
                parameter.normal_(centre, 0.1, generator=random)
    return model.eval()


def prepare(home: Path) -> Material:
    """Export a random model with a tokenizer of ours, for ids only where llama.cpp is concerned."""
    source = home / "model"
    save_model(source, random_model(SHAPE, 1))
    train_tokenizer(["def f(x):\n    return x\n"] * 9, vocab_size=300).save(
        source / "tokenizer.json"
    )
    for form in ("hf", "gguf"):
        wanted = Export(
            source, source / "tokenizer.json", home / form, form, "random", ids_only=True
        )
        export_model(wanted)
    tokens = Tokenizer.load(source / "tokenizer.json").vocab_size
    random = torch.Generator().manual_seed(2)
    ids_BT = torch.randint(1, tokens, (PROMPTS, PROMPT), generator=random)
    loaded = load_model(source).eval()
    return Material(loaded, tokens, home / "hf", home / "gguf" / "model.gguf", ids_BT)


def environment(home: Path, package: str) -> Path:
    """A Python that has `package`, kept for the next time; `CalledProcessError` if it can't be had."""
    place = home.parent / package.partition("=")[0]
    python, log = place / "bin" / "python", place / "install.log"
    if not (place / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        words = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
        if package == LLAMA:
            words += ["--no-cache-dir", "--no-binary", "llama-cpp-python"]
        else:
            words.append(f"torch=={torch.__version__}")  # the one here: no other is fetched
        limits = {"CMAKE_BUILD_PARALLEL_LEVEL": "2", **QUIET}
        with log.open("w") as handle:
            subprocess.run(
                [*words, package],
                check=True,
                stdout=handle,
                stderr=subprocess.STDOUT,
                env={**os.environ, **limits},
            )
        (place / "done").touch()
    return python


def ask(python: Path, script: str, *arguments: Path) -> None:
    words = [str(python), "-W", "ignore", str(HERE / script), *map(str, arguments)]
    subprocess.run(words, check=True, env={**os.environ, **QUIET})


def residual_stream(model: Phi, ids_BT: Tensor) -> dict[str, Tensor]:
    """Our logits and what stands before and after every block, under TransformerLens' names."""
    found: dict[str, Tensor] = {}

    def keep(layer: int) -> object:
        def hook(_: object, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            found[f"blocks.{layer}.hook_resid_pre"] = inputs[0]
            found[f"blocks.{layer}.hook_resid_post"] = output

        return hook

    handles = [block.register_forward_hook(keep(i)) for i, block in enumerate(model.model.layers)]
    with torch.inference_mode():
        found["logits"] = model(ids_BT)
    for handle in handles:
        handle.remove()
    return found


def lens_page(home: Path, material: Material) -> str:
    """What TransformerLens makes of the export, as a table."""
    python = environment(home, LENS)
    ids, out = home / "ids.safetensors", home / "lens.safetensors"
    save_file({"ids": material.ids}, ids)
    ask(python, "interchange_lens.py", material.folder, ids, out)
    theirs, ours = load_file(out), residual_stream(material.model, material.ids)
    rows = []
    for who, words in (("own", "its own transformer"), ("bridge", "its bridge over transformers")):
        parts = {
            "logits": ["logits"],
            f"{2 * SHAPE.layers} residual-stream activations": [n for n in ours if n != "logits"],
        }
        for what, names in parts.items():
            worst = max((theirs[f"{who}/{n}"] - ours[n]).abs().max().item() for n in names)
            spread = max(ours[name].std().item() for name in names)
            rows.append(f"| {words} | {what} | {worst:.2g} | {spread:.2g} |")
    return "\n".join(
        [
            "",
            f"Command: `python tools/interchange.py` ({stamp()}). {LENS.replace('==', ' ')}, an export"
            f" of {SHAPE.parameters:,} random parameters, {PROMPTS} x {PROMPT} ids, float32.",
            "",
            "| TransformerLens by | compared | largest difference | standard deviation |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def greedy(model: Phi, tokens: int, prompt_T: Tensor) -> Iterator[tuple[int, float]]:
    """Our likeliest ids with the key-value cache, and how far each is ahead of the next."""
    cache = Cache(model.settings, 1, PROMPT + STEPS, torch.float32)
    next_BT, start = prompt_T[None], 0
    for _ in range(STEPS):
        past = Past(cache, start, torch.zeros(1, dtype=torch.long))
        with torch.inference_mode():
            logits = model.lm_head(model.hidden(next_BT, past)[0, -1])[:tokens]
        start += next_BT.shape[1]
        best = logits.topk(2)
        yield int(best.indices[0]), (best.values[0] - best.values[1]).item()
        next_BT = best.indices[:1][None]


def text_container(home: Path) -> tuple[Tokenizer, Path] | None:
    """CodeGen's tokenizer in a container, where the shared material is at hand."""
    place = Path(os.environ.get("HORNBOOK_TOKENIZERS", "")) / "codegen" / "tokenizer.json"
    if not place.is_file():
        return None
    shape = SHAPE.model_copy(update={"hidden": 16, "inner": 64, "heads": 1, "vocab_size": 51_200})
    save_model(home / "codegen", random_model(shape.model_copy(update={"layers": 1}), 1))
    wanted = Export(home / "codegen", place, home / "codegen-gguf", "gguf", "codegen", card=False)
    export_model(wanted)
    return Tokenizer.load(place), home / "codegen-gguf" / "model.gguf"


def llama_page(home: Path, material: Material) -> str:
    """What llama.cpp makes of the export, as a table; where it can't be built, that."""
    try:
        python = environment(home, LLAMA)
    except subprocess.CalledProcessError:
        return read_not_run(home)
    keep_log(home, 2)
    texts = text_container(home)
    asked = {
        "container": str(material.container),
        "length": 256,
        "prompts": material.ids.tolist(),
        "steps": STEPS,
        "text_container": str(texts[1]) if texts else None,
        "texts": TEXTS,
    }
    (home / "asked.json").write_text(json.dumps(asked))
    ask(python, "interchange_llama.py", home / "asked.json", home / "llama.json")
    told = json.loads((home / "llama.json").read_text())
    with torch.inference_mode():
        ours = material.model(material.ids[:1])[0, :, : material.tokens]
    wrong = (torch.tensor(told["logits"])[:, : material.tokens] - ours).abs().max().item()
    rows = [f"| largest difference of logits (their deviation is {ours.std():.2g}) | {wrong:.2g} |"]
    rows += greedy_rows(material, told["greedy"])
    if texts:
        ids = [texts[0].encode(text) for text in TEXTS]
        same = sum(a == b for a, b in zip(ids, told["ids"], strict=True))
        back = sum(a == b for a, b in zip(TEXTS, told["back"], strict=True))
        rows.append(
            f"| texts cut into the same ids (CodeGen's tokenizer) | {same} of {len(TEXTS)} |"
        )
        rows.append(f"| texts that come back from their ids | {back} of {len(TEXTS)} |")
    return "\n".join(
        [
            "",
            f"Command: `python tools/interchange.py` ({stamp()}). {LLAMA.replace('==', ' ')}, compiled"
            f" here; a container of {SHAPE.parameters:,} random parameters in float32.",
            "",
            "| check | result |",
            "|---|---|",
            *rows,
            "",
            "Read in its source: on a processor llama.cpp takes GELU from a table in float16, so its"
            " logits can't be ours to the rounding of float32.",
            "",
        ]
    )


def greedy_rows(material: Material, theirs: list[list[int]]) -> list[str]:
    """How many answers are the same, and at each first difference how near the choice was."""
    ours = [list(greedy(material.model, material.tokens, prompt)) for prompt in material.ids]
    same, margins = 0, []
    for mine, other in zip(ours, theirs, strict=True):
        first = next(
            (i for i, (a, b) in enumerate(zip(mine, other, strict=True)) if a[0] != b), None
        )
        same += first is None
        if first is not None:
            margins.append(mine[first][1])
    least = min(margin for mine in ours for _, margin in mine)
    rows = [
        f"| greedy answers of {STEPS} ids that are the same | {same} of {len(ours)} |",
        f"| the nearest choice in them: the likeliest id's lead | {least:.2g} |",
    ]
    if margins:
        rows.append(f"| lead where answers part | {', '.join(f'{m:.2g}' for m in margins)} |")
    return rows


def read_not_run(home: Path) -> str:
    """The build failed: the end of its log is kept, and nothing is claimed."""
    keep_log(home, LOG_LINES)
    return (
        f"\nRead, not run ({stamp()}): {LLAMA.replace('==', ' ')} could not be built here (end of the"
        f" log: `docs/measured/{LOG.name}`).\n"
    )


def keep_log(home: Path, lines: int) -> None:
    """The last lines of the build, without this machine's paths and addresses."""
    log = home.parent / LLAMA.partition("=")[0] / "install.log"
    text = log.read_text(errors="replace").splitlines()
    plain = [line for line in text if line.strip() and "://" not in line][-lines:]
    LOG.write_text("".join(f"{PATHS.sub('PATH', line).rstrip()}\n" for line in plain))


def stamp() -> str:
    return f"{date.today().isoformat()}, {platform.machine()}, {os.cpu_count()} cores"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(".ci-runs/interchange"))
    parser.add_argument("--only", choices=("lens", "llama"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    home = options.home.resolve() / f"at-{int(time.time())}"
    home.mkdir(parents=True)
    pages = {"lens": lens_page, "llama": llama_page}
    material = prepare(home)
    for name, make in pages.items():
        if options.only in (None, name):
            text = make(home, material)
            print(text)
            if options.out:
                fill(options.out, f"interchange-{name}", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
