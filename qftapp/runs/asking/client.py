"""One request to an endpoint, and what its failure means: for this request, for a while, or for the whole run."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Protocol

import openai
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessage

from qftapp.runs.asking.endpoints import Endpoint, key_variable

SDK_RETRIES = 2
"""How often the client itself asks again, as Retry-After says or after half a second and more."""

CONNECT_SECONDS = 10
LARGEST = 2**31 - 1
REASON_CHARACTERS = 500


class Question(Protocol):
    """What is asked: messages, perhaps with a seed; or `fault`, why it cannot be asked at all."""

    @property
    def messages(self) -> tuple[dict[str, str], ...]: ...

    @property
    def seed(self) -> int | None: ...

    @property
    def fault(self) -> str: ...


@dataclass(frozen=True)
class Answer:
    """What a model wrote, with what the server says of it."""

    text: str
    finish_reason: str
    input_tokens: int | None
    output_tokens: int | None
    seconds: float


class RequestFailed(Exception):
    """This request will not be answered, others may."""


class Trouble(Exception):
    """The endpoint takes no requests at the moment: it cannot be reached, is overloaded or asks us to wait."""


class Hopeless(Exception):
    """No request of this run can be answered; the message says what to do."""


class Client:
    """An endpoint that is asked for one model, with fixed sampling."""

    def __init__(self, endpoint: Endpoint, *, model: str, sampling: dict[str, Any], request_seconds: float) -> None:
        self.endpoint = endpoint
        self.model = model
        self.request_seconds = request_seconds
        named = ("temperature", "top_p", "max_tokens")
        self.sampling = {name: sampling[name] for name in named if sampling.get(name) is not None}
        self.sdk = AsyncOpenAI(
            base_url=endpoint.address,
            api_key=endpoint.key,
            max_retries=SDK_RETRIES,
            timeout=openai.Timeout(request_seconds, connect=CONNECT_SECONDS),
        )

    async def ask(self, request: Question) -> Answer:
        """The answer to a request; raises RequestFailed, Trouble or Hopeless.

        Answers are not streamed: nobody looks at half of one, and the tokens are counted by every server.
        """
        asked_at = time.monotonic()
        try:
            # The client's limit is on silence; a server that sends blanks to keep the line open would never meet it.
            async with asyncio.timeout(self.request_seconds * (SDK_RETRIES + 1) + 60):
                completion = await self._complete(request)
        except openai.APIError as error:
            raise self._meaning(error) from error
        except TimeoutError:
            raise RequestFailed(self._late) from None
        except ValueError as error:
            raise RequestFailed(_short(f"The answer is not JSON: {error}")) from error
        return answer_of(completion, time.monotonic() - asked_at)

    async def _complete(self, request: Question) -> Any:
        sent = self.sampling
        try:
            return await self._create(request, sent)
        except openai.BadRequestError as error:
            if "max_completion_tokens" not in str(error) or "max_tokens" not in sent:
                raise
            # Some vendors' reasoning models know the limit under its newer name alone.
            rest = {name: value for name, value in sent.items() if name != "max_tokens"}
            self.sampling = {**rest, "max_completion_tokens": sent["max_tokens"]}
            return await self._create(request, self.sampling)

    async def _create(self, request: Question, sampling: dict[str, Any]) -> Any:
        messages: Any = list(request.messages)
        given = sampling if request.seed is None else {**sampling, "seed": request.seed}
        return await self.sdk.chat.completions.create(model=self.model, messages=messages, **given)

    async def close(self) -> None:
        """Drop the connections, and with them every request that waits."""
        await self.sdk.close()

    @property
    def _late(self) -> str:
        return f"No answer within {self.request_seconds:g} s, {SDK_RETRIES + 1} times; give it longer or fewer tokens."

    def _meaning(self, error: openai.APIError) -> Exception:
        """What a failure of the client means."""
        if isinstance(error, openai.APITimeoutError):
            is_reached = "Connect" not in type(error.__cause__).__name__
            return RequestFailed(self._late) if is_reached else Trouble("it cannot be reached")
        if isinstance(error, openai.APIConnectionError):
            return Trouble("it cannot be reached")
        if not isinstance(error, openai.APIStatusError):
            return RequestFailed(_short(f"The answer is not one of the API: {error}"))
        said = _short(f"{error.status_code}: {_said(error)}")
        if error.status_code in (401, 403):
            return Hopeless(
                f"{self.endpoint.name} refuses the key ({said}). Set {key_variable(self.endpoint.name)} in the "
                "environment of the workers, start them again, and try again."
            )
        if error.status_code == 404:
            return Hopeless(
                f"{self.endpoint.name} knows no model “{self.model}”, or nothing answers at its address ({said}). "
                "Compare the model's locator with what the server calls it, and the address in ENDPOINTS."
            )
        if error.status_code in (429, 502, 503, 504):
            return Trouble(f"it says {said}")
        return RequestFailed(said)


def _said(error: openai.APIStatusError) -> str:
    """The server's own words, where it has some, without the wrapping."""
    body = error.body
    if isinstance(body, dict):
        for name in ("message", "detail", "error"):
            if isinstance(body.get(name), str):
                return str(body[name])
    return error.response.text or error.message


def _short(text: str) -> str:
    return " ".join(text.split())[:REASON_CHARACTERS]


def answer_of(completion: Any, seconds: float) -> Answer:
    """The answer in a completion; raises RequestFailed where there is none."""
    if not isinstance(completion, ChatCompletion) or not completion.choices or not completion.choices[0].message:
        raise RequestFailed("The answer is not a chat completion; is the endpoint's address right, with its /v1?")
    choice, usage = completion.choices[0], completion.usage
    return Answer(
        text=text_of(choice.message),
        finish_reason=str(choice.finish_reason or "")[:20],
        input_tokens=_count(usage and usage.prompt_tokens),
        output_tokens=_count(usage and usage.completion_tokens),
        seconds=seconds,
    )


def text_of(message: ChatCompletionMessage) -> str:
    """All that the model wrote; what it thought stands before the answer in <think>, wherever the server put it."""
    content = _words(message.content)
    more = message.model_extra or {}
    thought = _words(more.get("reasoning")) or _words(more.get("reasoning_content"))
    if thought.strip():
        return f"<think>\n{thought.strip()}\n</think>" + (f"\n\n{content.lstrip()}" if content.strip() else "")
    if "</think>" in content and "<think>" not in content:
        return f"<think>\n{content}"  # a chat template that opens the thought leaves the opening to the prompt
    return content


def _words(value: Any) -> str:
    """A text, also where a server sends it in parts."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_words(part.get("text")) for part in value if isinstance(part, dict))
    return ""


def _count(value: Any) -> int | None:
    """A count of tokens that is one."""
    return value if isinstance(value, int) and 0 <= value <= LARGEST else None
