"""``expand``'s flags about the generator, and what they ask for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.expand.registry import kind_by_name

if TYPE_CHECKING:
    from pyserini_xqg.expand.request import GeneratorRequest
    from pyserini_xqg.fusion.text_kind import TextKind


def add_generator_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be said of a generator beside its name."""
    groups = {
        GeneratorOption.SAMPLING: parser.add_argument_group(
            "prompt and sampling (advanced)", "How a generator is asked, and how it chooses among tokens."
        ),
        GeneratorOption.HARDWARE: parser.add_argument_group(
            "models (advanced)", "Where a model runs in this process; a server looks after itself."
        ),
        GeneratorOption.SERVER: parser.add_argument_group(
            "servers (advanced)", "How a server is asked, and what that may cost."
        ),
        GeneratorOption.DICTIONARY: parser.add_argument_group("dictionaries (advanced)", "Where words are looked up."),
    }
    for option, add in _FLAGS.items():
        add(groups.get(option, groups[GeneratorOption.SAMPLING]))


def request_of(args: argparse.Namespace, wanted: TextKind) -> GeneratorRequest:
    """What the flags ask for; those that do not apply to this kind of generator make no difference.

    :param wanted: the kind of text.
    """
    from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
    from pyserini_xqg.expand.models.sampling import Sampling
    from pyserini_xqg.expand.request import GeneratorRequest, PromptChoice
    from pyserini_xqg.expand.servers.options import ServerOptions
    from pyserini_xqg.languages import language, parse_languages

    kind = kind_by_name(args.generator)
    usual = kind.usual_sampling(wanted)
    sampling = Sampling(
        usual.top_k if args.top_k is None else args.top_k,
        args.top_p,
        args.temperature,
        usual.max_tokens if args.max_tokens_per_query is None else args.max_tokens_per_query,
    )
    choice = PromptChoice(args.prompt, args.template, args.window)
    hardware, server = Hardware(), ServerOptions()
    if GeneratorOption.HARDWARE in kind.options:
        batches = {} if args.batch_tokens is None else {"token_budget": args.batch_tokens}
        hardware = Hardware(ModelPrecision(args.precision), args.device, args.threads, **batches)
    if GeneratorOption.SERVER in kind.options:
        server = ServerOptions(
            model=args.server_model,
            key_variable=args.api_key_env,
            concurrency=args.concurrency,
            timeout=args.timeout,
            retries=args.retries,
            give_up=args.on_error == "skip",
            max_requests=args.max_requests,
            max_tokens=args.max_tokens,
        )
    return GeneratorRequest(
        args.generator,
        sampling,
        choice,
        hardware,
        server,
        dictionaries=tuple(args.dictionary) if GeneratorOption.DICTIONARY in kind.options else (),
        languages=parse_languages(args.languages),
        kind=wanted,
        source=language(args.passage_language).code,
    )


def _add_sampling(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--top-k",
        type=int,
        metavar="K",
        help="choose among the K most probable tokens (default: 10, the paper's; 0: all; translations: 1)",
    )
    group.add_argument(
        "--top-p",
        type=float,
        default=1.0,
        metavar="P",
        help="choose among the most probable tokens that hold P (default: 1)",
    )
    group.add_argument("--temperature", type=float, default=1.0, metavar="T", help="divides the logits (default: 1)")
    group.add_argument(
        "--max-tokens-per-query",
        type=int,
        metavar="N",
        help="the longest text (default: 64; a translation, or a sentence of one: 512)",
    )


def _add_prompt(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--prompt",
        type=Path,
        metavar="FILE",
        help="a few-shot prompt for chat models, TOML or JSON (default: the built-in one)",
    )


def _add_template(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--template",
        metavar="TEXT",
        help="a seq2seq model's prompt with {language} and {passage} (default: the paper's)",
    )


def _add_window(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--window", type=int, metavar="TOKENS", help="the longest prompt; longer passages are cut and counted"
    )


def _add_hardware(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "int8"],
        default="auto",
        help="arithmetic (default: the fastest there is)",
    )
    group.add_argument("--device", metavar="NAME", help="such as cuda:1 (default: the first GPU, else the CPU)")
    group.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    group.add_argument("--batch-tokens", type=int, metavar="N", help="tokens of prompts in a batch (default: 2048)")


def _add_server(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--server-model", metavar="NAME", help="the model at the server (default: the only one it has)")
    group.add_argument(
        "--api-key-env",
        default="PYSERINI_XQG_API_KEY",
        metavar="VARIABLE",
        help="the environment variable that holds the key (default: PYSERINI_XQG_API_KEY)",
    )
    group.add_argument("--concurrency", type=int, default=8, metavar="N", help="requests at a time (default: 8)")
    group.add_argument(
        "--timeout", type=float, default=120.0, metavar="SECONDS", help="to wait for an answer (default: 120)"
    )
    group.add_argument(
        "--retries", type=int, default=6, metavar="N", help="of a request that failed for the time being (default: 6)"
    )
    group.add_argument(
        "--max-requests", type=int, metavar="N", help="stop before sending more; the same command goes on"
    )
    group.add_argument("--max-tokens", type=int, metavar="N", help="stop before prompts and answers together take more")
    group.add_argument(
        "--estimate", action="store_true", help="say how many requests and tokens it will take, and stop"
    )


def _add_dictionary(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--dictionary",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE-OR-DIR",
        help="dictionaries to read (default: those that are installed, as `doctor` lists them)",
    )


_FLAGS: dict[GeneratorOption, Callable[[argparse._ArgumentGroup], None]] = {
    GeneratorOption.PROMPT: _add_prompt,
    GeneratorOption.TEMPLATE: _add_template,
    GeneratorOption.WINDOW: _add_window,
    GeneratorOption.SAMPLING: _add_sampling,
    GeneratorOption.HARDWARE: _add_hardware,
    GeneratorOption.SERVER: _add_server,
    GeneratorOption.DICTIONARY: _add_dictionary,
}
if unknown := set(GeneratorOption) - _FLAGS.keys():
    raise ValueError(f"expand has no flags for these options of generators: {', '.join(sorted(unknown))}")
