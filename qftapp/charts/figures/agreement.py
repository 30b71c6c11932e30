"""How far annotators agree, by campaign: (j) of a report."""

from collections.abc import Sequence
from functools import lru_cache

from django.db import connection
from django.db.models import Exists, OuterRef
from django.urls import reverse

from qftapp.charts import links, plots
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.palette import Look
from qftapp.charts.results import Results
from qftapp.charts.stats.means import Mean
from qftapp.charts.writing import counted
from qftapp.labels import agreement as coefficients
from qftapp.labels.agreement import Estimate
from qftapp.labels.judgements import judgements_of
from qftapp.labels.measuring import Rated, rated_steps, rated_verdicts
from qftapp.labels.models import Campaign, CampaignTrace

MOST = 12
"""Campaigns that are measured, the newest first; each draws a thousand resamples."""
REMEMBERED = 100
"""Campaigns whose measures a process remembers: one with 20,000 judgements takes a second to measure."""
_STATE = """
SELECT md5(string_agg(concat_ws(' ', id, submitted_at), ',' ORDER BY id)) FROM qftapp_annotation
WHERE campaign_id = %s AND submitted_at IS NOT NULL
"""
MEASURES = (
    ("Verdicts, α", "@series-1", "circle"),
    ("Verdicts, κ", "@series-1", "circle-open"),
    ("Steps and categories, α", "@series-2", "square"),
    ("Steps and categories, κ", "@series-2", "square-open"),
)


def agreement(results: Results) -> Figure:
    """Krippendorff's α and κ of verdicts and of marked steps, for the campaigns over traces of the report's models."""
    of_models = CampaignTrace.objects.filter(campaign=OuterRef("pk"), trace__run__model__in=results.models)
    campaigns = Campaign.objects.filter(Exists(of_models)).order_by("-created_at", "-pk")
    measured = [(campaign, *_measured(campaign.pk, _state(campaign))) for campaign in campaigns[:MOST]]
    shown = [each for each in measured if any(each[1])]
    if not shown:
        raise Lacking(
            "In no campaign over these models' answers have two people judged one trace.", *links.label_traces()
        )
    hrefs = [reverse("agreement", args=[campaign.slug]) for campaign, *_ in shown]
    titles = [plots.folded(campaign.title, 20) for campaign, *_ in shown]
    traces, rows = [], []
    for place, (name, colour, symbol) in enumerate(MEASURES):
        estimates = [found[place] for _, found, _ in shown]
        traces.append(plots.dots(name, Look(colour, symbol), titles, estimates, hrefs))
    for (campaign, found, people), href in zip(shown, hrefs, strict=True):
        rows += [
            Row((campaign.title, name, one, one.items if one else 0, one.clusters if one else 0, people), href)
            for (name, *_), one in zip(MEASURES, found, strict=True)
        ]
    lowest = min((one.low if one.low is not None else one.value) for _, found, _ in shown for one in found if one)
    return Figure(
        traces=traces,
        table=Table(("Campaign", "Measure", "Agreement", "Units", "Traces", "People"), rows),
        caption="Krippendorff’s α, and Cohen’s κ of two people or Fleiss’ κ of more: 1 is whole agreement, 0 what "
        "chance gives. 95 % intervals by bootstrap over traces. A unit is a trace, or a step with a category.",
        layout=plots.dots_layout(
            {
                "range": [min(-0.05, lowest - 0.05), 1.05],
                "title": {"text": "agreement beyond chance", "font": {"size": 12}},
            }
        ),
        notes=_notes(campaigns.count()),
        rests_on=counted(len(shown), "campaign"),
        height=110 + 70 * len(shown),
    )


def _notes(count: int) -> list[str]:
    return [f"The {MOST} newest of {count} campaigns."] if count > MOST else []


def _state(campaign: Campaign) -> str:
    """What is another text whenever somebody has submitted a judgement or taken one back."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [campaign.pk])
        return str(cursor.fetchone()[0])


@lru_cache(maxsize=REMEMBERED)
def _measured(campaign_id: int, state: str) -> tuple[Sequence[Mean | None], int]:
    """The measures of a campaign in the order of MEASURES, and how many people judged; in a state they stay the same.

    Marks change only while their annotation is taken back; taxonomies of campaigns and texts of traces never do.
    """
    judgements = judgements_of(Campaign.objects.select_related("taxonomy").get(pk=campaign_id))
    if not judgements.by_trace:
        return (None,) * len(MEASURES), len(judgements.people)
    found = [one for rated in (rated_verdicts(judgements), rated_steps(judgements)) for one in _both(rated)]
    return found, len(judgements.people)


def _both(rated: Rated) -> tuple[Mean | None, Mean | None]:
    traces = len(set(rated.traces.tolist()))
    kappa = (
        rated.of_pair(0, 1).estimate(coefficients.cohen_kappa)
        if len(rated.ratings) == 2
        else rated.estimate(coefficients.fleiss_kappa)
    )
    return _mean(rated.estimate(coefficients.krippendorff_alpha), traces), _mean(kappa, traces)


def _mean(found: Estimate, traces: int) -> Mean | None:
    return None if found.value is None else Mean(found.value, found.low, found.high, found.units, traces)
