"""Servers that answer like language models: a real one with a tiny model, and one that does wrong on purpose."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

READY_SECONDS = 120
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class ModelServer:
    """A server with an OpenAI-compatible API, and what it calls its model."""

    address: str
    model: str


@contextmanager
def tiny_model_server(directory: Path) -> Iterator[ModelServer]:
    """A server with a model of some thousand parameters, made on the spot; its log is beside the model."""
    with model_server(directory / "tiny", directory / "server.log") as server:
        yield server


@contextmanager
def model_server(model: Path, log_file: Path) -> Iterator[ModelServer]:
    """`transformers serve` with the model of a folder; one that is not there is made."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log_file.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, __file__, str(model), str(port)],
            env={**os.environ, **OFFLINE},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}/health", log_file)
        yield ModelServer(f"http://127.0.0.1:{port}/v1", str(model))
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(process: subprocess.Popen, health: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(health, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the model server did not start:\n{log.read_text()[-3000:]}")


def make_tiny_model(path: Path) -> None:
    """Write a Qwen2 of random weights, its tokenizer and its chat template."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<end>", "<user>", "<assistant>"],
        initial_alphabet=alphabet,
        show_progress=False,
    )
    pieces.train_from_iterator(["the decay width is g squared times m over eight pi"], trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces, eos_token="<end>", pad_token="<end>")
    tokenizer.chat_template = "<user>{% for message in messages %}{{ message['content'] }}\n{% endfor %}<assistant>"
    tokenizer.save_pretrained(path)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = Qwen2ForCausalLM(config)
    model.generation_config.do_sample = True  # the server draws only where the model says so
    model.save_pretrained(path)


def serve(path: str, port: int) -> None:
    """What `transformers serve` does, without its command line, which wants packages that only its chat needs."""
    from transformers.cli.serve import Serve

    if not Path(path).exists():
        make_tiny_model(Path(path))
    Serve(path, host="127.0.0.1", port=port, device="cpu")


Reply = tuple[int, dict[str, str], Any]
"""Status, headers and body of an answer: what is not a string is sent as JSON."""


def completion(content: Any = r"It is $\boxed{\frac{g^2 m}{8\pi}}$.", **given: Any) -> Reply:
    """A whole answer in the shape of the API; `given` are fields of the message, or of the choice and usage."""
    choice = {"index": 0, "finish_reason": given.pop("finish_reason", "stop")}
    usage = given.pop("usage", {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107})
    message = {"role": "assistant", "content": content, **given}
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
    return 200, {}, {**body, "choices": [{**choice, "message": message}], "usage": usage}


@dataclass
class Vendor:
    """A server that answers as `reply` says, and remembers who asked what with which key."""

    reply: Callable[[dict[str, Any]], Reply]
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


@contextmanager
def vendor(reply: Callable[[dict[str, Any]], Reply]) -> Iterator[Vendor]:
    """A vendor that has bad days: it speaks the API's protocol and answers what the test wants."""
    told = Vendor(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append(body)
            told.keys.add(self.headers.get("Authorization", ""))
            status, headers, answer = told.reply(body)
            sent = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            try:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)
            except ConnectionError:
                self.close_connection = True  # whoever asked has left

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.address = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
