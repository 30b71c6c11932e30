"""How the last checkpoint of a job is evaluated: the recipe, and the run that it makes."""

from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError

from qftapp.actors.models import User
from qftapp.experiments.models import Checkpoint, TrainingJob
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.importing.actions import make_run
from qftapp.runs.models import MAX_SAMPLES, Prompt, Run


@dataclass(frozen=True)
class Recipe:
    """A split of a frozen release, so many samples of each item, drawn so."""

    release: str
    split: str
    samples: int = 4
    temperature: float = 1.0
    max_tokens: int = 16_384

    @classmethod
    def from_json(cls, given: Any) -> "Recipe":
        """The recipe that a program sent; raises ValidationError on what is none."""
        known = {"release": str, "split": str, "samples": int, "temperature": float, "max_tokens": int}
        if not isinstance(given, dict) or not given.keys() <= known.keys() or not given.keys() >= {"release", "split"}:
            raise ValidationError(f"Give release and split, and if you like {', '.join(list(known)[2:])}.")
        values: dict[str, Any] = {name: float(value) if known[name] is float and type(value) is int else value
                  for name, value in given.items()}  # fmt: skip
        wrong = [name for name, value in values.items() if type(value) is not known[name]]
        if wrong:
            raise ValidationError(f"{', '.join(wrong)}: not what it should be.")
        recipe = cls(**values)
        recipe.check()
        return recipe

    def check(self) -> None:
        """Raise ValidationError where nothing can be evaluated so."""
        release = Release.objects.defer("archive").filter(name=self.release).first()
        if release is None or not release.is_frozen:
            raise ValidationError("A checkpoint is evaluated on a frozen release, so that it can be repeated.")
        if self.split not in ReleaseEntry.Split.values or not release.entries.filter(split=self.split).exists():
            raise ValidationError(f"{self.release} has no items in the split “{self.split}”.")
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise ValidationError(f"Ask for 1 to {MAX_SAMPLES:,} samples of each item.")
        if not 0 <= self.temperature <= 5 or not 1 <= self.max_tokens <= 10_000_000:
            raise ValidationError("Temperature is from 0 to 5, tokens at least 1.")

    @property
    def json(self) -> dict[str, Any]:
        """The recipe as it is stored."""
        return asdict(self)


def evaluation_of(checkpoint: Checkpoint, *, by: User) -> Run | None:
    """The run that evaluates a checkpoint as its job asks, made where it is not there yet; nothing without a recipe.

    Its answers come from the worker, which has the weights; it asks nobody itself.
    """
    job = checkpoint.job
    if not job.evaluation:
        return None
    recipe = Recipe(**job.evaluation)
    found = evaluations_of(checkpoint).filter(release__name=recipe.release, split=recipe.split).first()
    if found:
        return found
    run = Run(
        slug=free_slug(f"{checkpoint.model.slug}-{recipe.release}-{recipe.split}"),
        model=checkpoint.model,
        purpose=Run.Purpose.EVALUATE,
        release=Release.objects.defer("archive").get(name=recipe.release),
        split=recipe.split,
        prompt=prompt_for_evaluations(),
        sampling={"temperature": recipe.temperature, "max_tokens": recipe.max_tokens, "seed": 0},
        samples_per_item=recipe.samples,
        notes=f"Made by the training job {job.slug}, which sampled it on its own machine.",
    )
    return make_run(run, by=by)


def evaluations_of(checkpoint: Checkpoint) -> Any:
    """The runs that evaluate a checkpoint with answers from its worker, oldest first."""
    runs = Run.objects.filter(model=checkpoint.model, purpose=Run.Purpose.EVALUATE, origin=Run.Origin.IMPORTED)
    return runs.select_related("release").defer("release__archive").order_by("pk")


def prompt_for_evaluations() -> Prompt | None:
    """The newest number of the prompt that every site begins with, else of any; none has a system message."""
    plain = Prompt.objects.filter(system="").order_by("-number", "-pk")
    return plain.filter(name="default").first() or plain.first()


def free_slug(stem: str) -> str:
    """A slug that no run has: the stem, with a number from the second on."""
    stem = "".join(letter if letter.isalnum() else "-" for letter in stem.lower())[:70].strip("-")
    taken = set(Run.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return stem if stem not in taken else next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)


def rollouts_of(job: TrainingJob, *, by: User) -> Run | None:
    """The run that keeps what a GRPO job writes while it learns, made where it is not there yet."""
    if job.method != TrainingJob.Method.GRPO or job.rollouts is not None:
        return job.rollouts
    run = Run(
        slug=free_slug(f"{job.slug}-rollouts"),
        model=job.base,
        purpose=Run.Purpose.TEACH,
        release_id=job.export.release_id,
        notes=f"What {job.base.slug} wrote while the training job {job.slug} changed its weights.",
    )
    return make_run(run, by=by)
