"""The reward: what completions are worth, and that none of them costs the run."""

import json
import time
from types import SimpleNamespace

import pytest

from training.config import Rewarding
from training.judging import OUTCOMES, Pool
from training.lookups import answer, contract
from training.reward import Reward
from training.rollouts import Rollouts

RUN = {
    "entry_point": "charge",
    "kind": "expression",
    "constant": False,
    "symbols": [
        {"name": "m", "latex": "m", "domain": "positive", "low": None, "high": None, "exclude": [], "unit": "",
         "decoy": False, "meaning": ""}
    ],
    "gold": {"language": "expression", "source": "m"},
    "tolerance": {"kind": "relative", "value": 1e-6},
}  # fmt: skip
NUMBER, EXPRESSION = json.dumps(contract(3)), json.dumps(contract(**RUN))
BROKEN = json.dumps(contract(gold={"language": "expression", "source": "1/0"}))
UNSOUND = json.dumps({"schema": 1})
CODE = "```python\ndef charge(m):\n{}\n```"
LOOP = CODE.format("    while True:\n        pass")
BOMB = CODE.format("    hoard = []\n    while True:\n        hoard.append(bytearray(10**8))")
FORK = CODE.format("    import os\n    while True:\n        os.fork()")
EXIT = CODE.format("    import os\n    os._exit(0)")
DEEP = "$\\boxed{" + "(" * 100_000 + "}$"
HOSTILE = "$\\boxed{3\x00\ud800\u202e" + "𝔸" * 10_000 + "}$"
END = 0


@pytest.fixture(scope="module")
def pool():
    pool = Pool(processes=2, seconds=2, batch_seconds=120)
    yield pool
    pool.close()


@pytest.fixture
def reward(pool):
    def made(**options):
        made = Reward(Rewarding(**options), processes=1, max_tokens=100, end_ids=[END])
        made._pool = pool
        return made

    return made


def given(reward, *texts, said=NUMBER, lengths=None, **more):
    lengths = lengths or [10] * len(texts)
    return reward(
        prompts=["?"] * len(texts),
        completions=[[{"role": "assistant", "content": text}] for text in texts],
        completion_ids=[[1] * (length - 1) + [END] for length in lengths],
        contract=[said] * len(texts) if isinstance(said, str) else said,
        item=["charge"] * len(texts),
        **more,
    )


def test_only_a_correct_answer_is_rewarded(reward):
    texts = (answer(3), answer(2), "I do not know.", "$\\boxed{q}$", "the 3 is boxed", "<think>\n$\\boxed{3}$")
    assert given(reward(), *texts) == [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_what_is_not_the_answers_fault_is_left_out(reward):
    assert given(reward(), answer(3), answer(3), answer(3), said=[BROKEN, UNSOUND, NUMBER]) == [None, None, 1.0]


def test_loop_costs_seconds_and_nobody_else_anything(reward):
    right = CODE.format("    return m")
    said = [EXPRESSION] * 5
    given(reward(), right, said=EXPRESSION)  # the sandbox starts once
    started = time.monotonic()
    assert given(reward(), LOOP, right, "$\\boxed{m}$", LOOP.replace("pass", "m += 1"), "$\\boxed{2m}$", said=said) == [
        0.0, 1.0, 1.0, 0.0, 0.0
    ]  # fmt: skip
    assert time.monotonic() - started < 60  # on a busy machine; two seconds for each loop on a quiet one


@pytest.mark.parametrize("text", [BOMB, FORK, EXIT, DEEP, HOSTILE], ids=["bomb", "fork", "exit", "deep", "hostile"])
def test_hostile_completion_is_worth_nothing_and_breaks_nothing(reward, text):
    assert given(reward(), text, "$\\boxed{m}$", said=EXPRESSION) == [0.0, 1.0]


def test_batch_ends_at_its_deadline_and_the_next_one_is_judged():
    pool = Pool(processes=1, seconds=60, batch_seconds=3)
    try:
        pool.judged([(NUMBER, answer(3))])
        found = pool.judged([(EXPRESSION, LOOP), (NUMBER, answer(3))])
        assert [one.outcome for one in found][:1] == ["unjudged"]
        assert [one.outcome for one in pool.judged([(NUMBER, answer(3))])] == ["correct"]
    finally:
        pool.close()


def test_opened_reasoning_that_never_ends_hides_no_answer(pool):
    reward = Reward(Rewarding(), processes=1, max_tokens=100, end_ids=[END], prefill="<think>\n")
    reward._pool = pool
    assert given(reward, "perhaps $\\boxed{3}$", "I recall.\n</think>\n$\\boxed{3}$") == [0.0, 1.0]


def test_terms_are_added_where_asked_for(reward):
    texts = (answer(3), answer(2), "I do not know.")
    assert given(reward(readable=0.25), *texts) == [1.25, 0.25, 0.0]
    assert given(reward(length=0.5, length_margin=50), *texts, lengths=[50, 75, 100]) == [1.0, -0.25, -0.5]


def test_outcomes_and_diagnoses_are_logged(reward):
    metrics, extra = {}, {}
    minus = "$\\boxed{-3}$"
    given(reward(), answer(3), minus, minus, "?", log_metric=metrics.__setitem__, log_extra=extra.__setitem__)
    shares = {name.removeprefix("outcome/"): value for name, value in metrics.items() if name.startswith("outcome/")}
    assert shares == dict.fromkeys(OUTCOMES, 0.0) | {"correct": 0.25, "wrong": 0.5, "unreadable": 0.25}
    assert extra["outcome"] == ["correct", "wrong", "wrong", "unreadable"]
    assert metrics[f"diagnosis/{extra['diagnosis'][1]}"] == 0.5
    assert 0 < metrics["reward_time"] < 60


def test_every_completion_is_kept(pool, tmp_path):
    reward = Reward(
        Rewarding(), processes=1, max_tokens=100, end_ids=[END], prefill="<think>\n", rollouts=Rollouts(tmp_path)
    )
    reward._pool = pool
    for step in range(2):
        state = SimpleNamespace(global_step=step)
        given(reward, "</think>$\\boxed{3}$", "what?\ud800", trainer_state=state, version=[7, 7])

    rows = [json.loads(line) for line in (tmp_path / "rollouts/step-2.jsonl").read_text().splitlines()]
    assert rows[0] == {
        "item": "charge", "sample_index": 2, "version": 7, "text": "<think>\n</think>$\\boxed{3}$", "step": 2,
        "finish_reason": "stop", "output_tokens": 10, "grade": "correct", "reason": "agrees with gold",
        "diagnosis": "", "reward": 1.0,
    }  # fmt: skip
    assert [(row["sample_index"], row["grade"]) for row in rows] == [(2, "correct"), (3, "no_answer")]


def test_steps_after_the_one_resumed_from_are_made_again(tmp_path):
    row = {"item": "charge", "text": "?"}
    first = Rollouts(tmp_path)
    for step in (1, 2, 3):
        first.write(step, [row, row])

    Rollouts(tmp_path, resumed_from=2).write(3, [row])

    files = sorted(path.name for path in (tmp_path / "rollouts").iterdir())
    assert files == ["step-1.jsonl", "step-2.jsonl", "step-3.jsonl"]
    assert json.loads((tmp_path / "rollouts/step-3.jsonl").read_text())["sample_index"] == 4
