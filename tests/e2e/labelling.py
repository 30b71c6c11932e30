"""What journeys at the desk begin with: a trace, its campaign, the desk open before an annotator."""

from django.utils import timezone
from playwright.sync_api import Page, expect

from qftapp.labels import queue
from qftapp.labels.models import Annotation, Campaign, ErrorCategory, SpanLabel, Taxonomy
from tests.e2e.desk import log_in
from tests.factories import person

TEXT = r"""<think>
**Setup** 😀: at order 𝒪(g²) we recall that $(\gamma^5)^2 = -1$ in this 𝒪 basis.

The squared amplitude is
$$ \sum |\mathcal M|^2 = 2 g^2 m^2. $$
</think>

## Answer

Divide by `2*m`, then ▲

```python
print("𝒪")
```

So $\boxed{\Gamma = \frac{g^2 m}{4\pi}}$ 😀 is **it**."""


KINDS = {
    "factual": ("formula", "convention"),
    "mathematical": ("sign", "factor"),
    "logical": (),
    "executional": ("transcription",),
}


def taxonomy() -> Taxonomy:
    """Four categories by their keys, some with finer ones; published."""
    made = Taxonomy.objects.create(slug="errors", number=1, title="Errors")
    for key, (code, finer) in enumerate(KINDS.items(), 1):
        fields = {"taxonomy": made, "definition": f"What is {code}: $x$.", "example": "Such as $y$."}
        parent = ErrorCategory.objects.create(
            **fields, code=code, name=code.capitalize(), hotkey=str(key), position=10 * key
        )
        for place, below in enumerate(finer, 1):
            names = {"code": f"{code}-{below}", "name": below.capitalize()}
            ErrorCategory.objects.create(**fields, **names, parent=parent, position=10 * key + place)
    made.published_at = timezone.now()
    made.save()
    return made


def open_desk(page: Page, campaign: Campaign, name: str = "dana") -> Annotation:
    """Log in and go to the desk with the first trace of the campaign."""
    annotation = queue.take_next(campaign, by=person(name))
    assert annotation is not None
    log_in(page, name)
    page.goto(f"/label/{annotation.pk}/")
    expect(page.locator(".step.is-current")).to_be_visible()
    return annotation


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def marks() -> list[tuple[str, str]]:
    """The text that each mark covers, and its category."""
    rows = SpanLabel.objects.select_related("annotation__trace", "category").order_by("start", "end", "pk")
    return [(row.annotation.trace.text[row.start : row.end], row.category.code) for row in rows]
