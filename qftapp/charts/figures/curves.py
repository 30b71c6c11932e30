"""Training curves of the jobs that made the models of a report: (h)."""

from typing import Any

from django.urls import reverse

from qftapp.charts import palette
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.results import Results
from qftapp.experiments.jobs.curves import Curve, thinned
from qftapp.experiments.lineage import stages
from qftapp.experiments.models import TrainingJob

SHOWN = {TrainingJob.Method.SFT: "loss", TrainingJob.Method.GRPO: "reward"}
"""The one metric of a method that tells most; the page of a job shows all."""


def training(results: Results) -> Figure:
    """Loss or reward over the steps of the job that made each model."""
    looks = palette.looks(results.models)
    made = [(model, found[0].job) for model in results.models if (found := stages(model))]
    if not made:
        raise Lacking("No model of this report was trained here.", reverse("new_training_job"), "Train one")
    curves: dict[tuple[str, str], Curve] = {(one.job, one.name): one for one in thinned([job for _, job in made])}
    traces: list[dict[str, Any]] = []
    rows = []
    for model, job in made:
        name = SHOWN[TrainingJob.Method(job.method)]
        if not (curve := curves.get((job.slug, name))):
            continue
        look = looks[model.pk]
        is_reward = name == "reward"
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{model.slug}: {name}",
                "x": curve.steps,
                "y": curve.values,
                "yaxis": "y" if is_reward else "y2",
                "line": {"color": look.colour, "width": 1.5},
                "customdata": [job.get_absolute_url()] * len(curve.steps),
                "hovertemplate": "%{y:.4g}<extra>%{fullData.name}</extra>",
            }
        )
        rows.append(
            Row((model.slug, job.slug, name, curve.points, curve.first, curve.last, curve.lowest, curve.highest),
                job.get_absolute_url())
        )  # fmt: skip
    if not rows:
        raise Lacking("The jobs that made the models of this report have told no number.")
    return Figure(
        traces=traces,
        table=Table(("Model", "Job", "Metric", "Points", "First", "Last", "Lowest", "Highest"), rows),
        caption="Reward of GRPO, loss of SFT, by step. A job's page has all of its curves.",
        layout=_panels({trace["yaxis"] for trace in traces}),
        height=360,
    )


def _panels(axes: set[str]) -> dict[str, Any]:
    """Reward above, loss below, each with an axis of its own."""
    titles = {"y": "reward", "y2": "loss"}
    domains = {"y": [0.56, 1], "y2": [0, 0.44]} if len(axes) == 2 else {key: [0, 1] for key in axes}
    named = {
        "yaxis" + axis[1:]: {"domain": domains[axis], "title": {"text": titles[axis]}, "anchor": "x"} for axis in axes
    }
    return {"xaxis": {"title": {"text": "step"}, "anchor": "y2" if "y2" in axes else "y"}, **named}
