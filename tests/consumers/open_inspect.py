"""Run by Inspect's own Python: asks a server that knows gold, or nothing, as its provider does; prints both results."""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from answers import gold_answer
from inspect_ai import eval as evaluate

folder = Path(sys.argv[1])
os.chdir(folder)
items = [json.loads(line) for line in Path("items.jsonl").read_text().splitlines()]
gold = {item["input"][-1]["content"]: gold_answer(item["target"]) for item in items}
knows = True


class Answers(BaseHTTPRequestHandler):
    """An OpenAI-compatible server with one model."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        content = gold[asked["messages"][-1]["content"]] if knows else "I do not know."
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        body = json.dumps(answer | {"usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ |= {"LOCAL_API_KEY": "none", "LOCAL_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1"}


def metrics() -> dict:
    (log,) = evaluate("task.py", model="openai-api/local/m", log_dir="logs", display="none")
    assert log.status == "success", log.error
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


right = metrics()
knows = False
print(json.dumps({"right": right, "none": metrics(), "samples": len(items)}))
