"""Rows for tests: the fixed cast, sources, items whose contract is sound, releases."""

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from qftapp.actors import permissions
from qftapp.actors.models import LanguageModel, User
from qftapp.experiments.models import Export, TrainingJob
from qftapp.items import presenting
from qftapp.items.content import hash_content
from qftapp.items.models import Item, ItemVersion, Source, SourceProblem
from qftapp.items.topics import TOPICS
from qftapp.releases import actions
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.models import Grade, Grading, Prompt, Run, Trace
from qftapp.verification import VERIFIER_VERSION

PASSWORD = "eta-mu-nu-is-diagonal"

CAST = {
    "alice": (permissions.AUTHOR,),
    "bruno": (permissions.AUTHOR, permissions.REVIEWER),
    "chandra": (permissions.REVIEWER,),
    "dana": (permissions.ANNOTATOR,),
    "emil": (permissions.ADJUDICATOR,),
    "farah": (permissions.ENGINEER,),
}

STATEMENT = (
    r"A real scalar $\phi_{%d}$ of mass $m$ couples to a massless Dirac fermion through $g\,\phi\bar\psi\psi$. "
    r"Find the decay width $\Gamma(\phi\to\psi\bar\psi)$ at leading order."
)
SOLUTION = r"The squared amplitude summed over spins is $2g^2m^2$; with two-body phase space $\Gamma = g^2m/(8\pi)$."
GOLD = """\
import math

def decay_width(m, g):
    return g**2 * m / (8 * math.pi)
"""
SECOND_SOLUTION = """\
import math

def decay_width(m, g):
    squared_amplitude = 4 * g**2 * (m / 2) ** 2 * 2
    return squared_amplitude / (16 * math.pi * m)
"""


def symbol(name: str, **given) -> dict:
    """One symbol of a contract, positive and dimensionless unless told otherwise."""
    plain = {"latex": name, "domain": "positive", "low": None, "high": None, "exclude": [], "unit": "", "decoy": False}
    return {"name": name, "meaning": "", **plain, **given}


def contract(**given) -> dict:
    """A sound contract, the decay width of a scalar into massless fermions, with the given keys in place of its own."""
    return {
        "schema": 1,
        "kind": "expression",
        "entry_point": "decay_width",
        "symbols": [symbol("m", unit="GeV", meaning="mass of the scalar"), symbol("g", meaning="Yukawa coupling")],
        "assumptions": [],
        "constant": False,
        "gold": {"language": "python", "source": GOLD},
        "labels": [],
        "equality": "value",
        "tolerance": {"kind": "relative", "value": 1e-6},
        "conventions": {
            "metric": "",
            "units": "natural",
            "fourier": "",
            "gamma_matrices": "",
            "covariant_derivative": "",
            "state_normalisation": "",
            "other": "",
        },
    } | given


def person(name: str) -> User:
    """The member of the cast of that name."""
    return User.objects.filter(username=name).first() or UserFactory(username=name, roles=CAST[name])


class UserFactory(DjangoModelFactory):
    """Somebody who can log in with PASSWORD, with the given roles."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("person-{}".format)
    first_name = factory.LazyAttribute(lambda user: user.username.capitalize())
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        self.groups.set([Group.objects.get_or_create(name=role)[0] for role in extracted or ()])


class SourceFactory(DjangoModelFactory):
    """A book whose problems may be passed on."""

    class Meta:
        model = Source

    slug = factory.Sequence("source-{}".format)
    title = factory.Sequence("Lectures on Fields, Volume {}".format)
    authors = "A. Author"
    year = 1995
    licence = "CC BY 4.0"
    may_redistribute = True


class SourceProblemFactory(DjangoModelFactory):
    """One problem of a source."""

    class Meta:
        model = SourceProblem

    source = factory.SubFactory(SourceFactory)
    locator = factory.Sequence("Problem {}".format)
    statement = "Compute the decay width."


class ItemFactory(DjangoModelFactory):
    """An item without versions; adapted exactly if it is given a source problem."""

    class Meta:
        model = Item

    slug = factory.Sequence("item-{:05d}".format)
    source_problem = None
    origin = factory.LazyAttribute(lambda item: "adapted" if item.source_problem else "original")
    topic = "cross-sections-decays"
    domain = factory.LazyAttribute(lambda item: TOPICS[item.topic].domain)
    domain_level = Item.DomainLevel.GRADUATE
    operational_level = Item.OperationalLevel.MEDIUM
    task_type = Item.TaskType.DIRECT_CALCULATION


class ItemVersionFactory(DjangoModelFactory):
    """A version in the given state, by default alice's first draft of an item of its own, with a sound contract."""

    class Meta:
        model = ItemVersion

    item = factory.SubFactory(ItemFactory)
    number = 1
    state = ItemVersion.State.DRAFT
    statement = factory.Sequence(lambda n: STATEMENT % n)
    contract = factory.LazyFunction(contract)
    solution = SOLUTION
    second_solution = SECOND_SOLUTION
    author = factory.LazyFunction(lambda: person("alice"))

    @factory.lazy_attribute
    def content_hash(self):
        if self.state == ItemVersion.State.DRAFT:
            return ""
        return hash_content({field: getattr(self, field) for field in ItemVersion.CONTENT})

    @factory.lazy_attribute
    def gate(self):
        if self.state == ItemVersion.State.DRAFT:
            return None
        return {"verifier_version": VERIFIER_VERSION, "checks": [], "points": []}


def approved(slug: str = "", *, source_problem: SourceProblem | None = None, number: int = 1, **item) -> ItemVersion:
    """An approved version of a new item with the given fields."""
    if slug:
        item["slug"] = slug
    return ItemVersionFactory(item=ItemFactory(source_problem=source_problem, **item), number=number, state="approved")


def replace(version: ItemVersion) -> ItemVersion:
    """The next version of an approved version's item, approved in its place."""
    version.state = ItemVersion.State.RETIRED
    version.save()
    return ItemVersionFactory(item=version.item, number=version.number + 1, state="approved")


class ReleaseFactory(DjangoModelFactory):
    """An open release of farah's without entries."""

    class Meta:
        model = Release

    name = factory.Sequence("qft-{}".format)
    created_by = factory.LazyFunction(lambda: person("farah"))


class ReleaseEntryFactory(DjangoModelFactory):
    """An approved original item in the train split of a release."""

    class Meta:
        model = ReleaseEntry

    release = factory.SubFactory(ReleaseFactory)
    item_version = factory.LazyFunction(approved)
    split = ReleaseEntry.Split.TRAIN


def frozen_release(*versions: ItemVersion, split: str = "test", **release) -> Release:
    """A frozen release of these versions, or of a single new one."""
    opened = ReleaseFactory(**release)
    for version in versions or (approved(),):
        ReleaseEntryFactory(release=opened, item_version=version, split=split)
    return actions.freeze(opened.pk, by=person("farah"))


class LanguageModelFactory(DjangoModelFactory):
    """An open-weights model that farah registered."""

    class Meta:
        model = LanguageModel

    slug = factory.Sequence("model-{}".format)
    kind = LanguageModel.Kind.OPEN_WEIGHTS
    locator = factory.Sequence("example/model-{}".format)
    added_by = factory.LazyFunction(lambda: person("farah"))


class RunFactory(DjangoModelFactory):
    """An imported run of farah's that is done, without traces."""

    class Meta:
        model = Run

    slug = factory.Sequence("run-{}".format)
    model = factory.SubFactory(LanguageModelFactory)
    purpose = Run.Purpose.TEACH
    origin = Run.Origin.IMPORTED
    state = Run.State.DONE
    finished_at = factory.LazyFunction(timezone.now)
    requested_by = factory.LazyFunction(lambda: person("farah"))


def default_prompt() -> Prompt:
    """The prompt that every site begins with, also after a test has emptied the tables."""
    return Prompt.objects.get_or_create(name="default", number=1, defaults={"template": presenting.TEMPLATE})[0]


def asked(**given) -> Run:
    """A queued evaluation with the default prompt, of a frozen release."""
    fields = {"origin": "asked", "purpose": "evaluate", "state": "queued", "finished_at": None, "endpoint": "local"}
    fields |= {"prompt": default_prompt(), "split": "test"}
    return RunFactory(**(fields | {"release": given.pop("release", None) or ReleaseFactory()} | given))


class TraceFactory(DjangoModelFactory):
    """An answer of a run to an approved item of its own: right, with a thought before it."""

    class Meta:
        model = Trace

    run = factory.SubFactory(RunFactory)
    item_version = factory.LazyFunction(approved)
    sample_index = 0
    text = "<think>Two-body phase space.</think>\n\nThe width is $\\boxed{\\frac{g^2 m}{8\\pi}}$."
    finish_reason = "stop"
    output_tokens = 40


class GradeFactory(DjangoModelFactory):
    """The current grade of a trace of its own: correct."""

    class Meta:
        model = Grade

    trace = factory.SubFactory(TraceFactory)
    run = factory.SelfAttribute("trace.run")
    verifier_version = VERIFIER_VERSION
    outcome = "correct"
    is_current = True


class GradingFactory(DjangoModelFactory):
    """A grading that is done, by today's verifier, without grades; nobody has accepted it."""

    class Meta:
        model = Grading

    run = factory.SubFactory(RunFactory)
    verifier_version = VERIFIER_VERSION
    state = Grading.State.DONE
    finished_at = factory.LazyFunction(timezone.now)
    requested_by = factory.LazyFunction(lambda: person("farah"))


class ExportFactory(DjangoModelFactory):
    """An SFT export that waits for the worker, of a frozen release of one train item."""

    class Meta:
        model = Export

    slug = factory.Sequence("sft-{}".format)
    kind = Export.Kind.SFT
    release = factory.LazyFunction(lambda: frozen_release(split="train"))
    requested_by = factory.LazyFunction(lambda: person("farah"))


class TrainingJobFactory(DjangoModelFactory):
    """A training job that nobody has claimed yet."""

    class Meta:
        model = TrainingJob

    slug = factory.Sequence("job-{}".format)
    method = TrainingJob.Method.SFT
    base = factory.SubFactory(LanguageModelFactory)
    export = factory.SubFactory(ExportFactory)
    requested_by = factory.LazyFunction(lambda: person("farah"))
