"""Template filters of training jobs: what an event says, an option's value, an evaluation recipe."""

from typing import Any

from django import template

from qftapp.actors.models import Event
from qftapp.experiments.models import TrainingJob
from qftapp.templatetags.qft import pretty

register = template.Library()

SENTENCES = {
    "training_job.requested": "asked for it",
    "training_job.claimed": "let “{worker}” claim it, attempt {attempt}",
    "training_job.left": "had it back from “{worker}” at step {step}",
    "training_job.lost": "had it offered again: “{worker}” was not heard of any more, at step {step}",
    "training_job.cancelled": "stopped it at step {step}",
    "training_job.resumed": "let it go on from step {step}",
    "training_job.checkpoint": "has the checkpoint {model}",
    "training_job.done": "has it done by “{worker}”, {step} steps",
    "training_job.failed": "saw it fail on “{worker}” at step {step}",
}


@register.filter
def told_of_job(event: Event) -> str:
    """What became of a job, as the rest of a sentence whose subject is whoever acted, or whose token did."""
    return SENTENCES.get(event.verb, event.verb).format_map(event.data)


@register.filter
def value_of_option(value: Any) -> str:
    """The value of an option for people."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return pretty(value) if isinstance(value, int | float) else str(value)


@register.filter
def share_of_steps(job: TrainingJob) -> float:
    """The share of its steps that a job has taken, in percent."""
    return 100 * job.progress / job.steps if job.steps else 0.0
