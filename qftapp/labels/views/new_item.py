"""A new item that somebody thinks of while reading a trace: the trace's own item copied, the step quoted."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions
from qftapp.actors.http import Request, confirm, reasons, takes_posts, whole_number
from qftapp.items import actions
from qftapp.items.forms import NewItemForm
from qftapp.labels import queries
from qftapp.labels.models import Annotation
from qftapp.runs.steps import split_steps


@takes_posts
def new_item(request: Request, pk: int) -> HttpResponse:
    """The name and place of the new item, filled from the trace's; sent, its draft is opened. `?step=` is quoted."""
    if not permissions.can_write_items(request.user):
        raise PermissionDenied("Only authors may write items.")
    annotation = get_object_or_404(queries.at_the_desk().filter(annotator=request.user), pk=pk)
    version = annotation.trace.item_version
    item, quote = version.item, _quoted(annotation, whole_number(request.GET.get("step", "")) or 0)
    form = NewItemForm(request.POST or None, initial={name: getattr(item, name) for name in actions.CLASSIFICATION})
    if request.method == "POST" and form.is_valid():
        try:
            draft = actions.create_item(
                by=request.user,
                slug=form.cleaned_data["slug"],
                classification=form.cleaned_data,
                source_problem=item.source_problem,
                content={"statement": version.statement, "contract": version.contract, "solution": quote},
                trace=annotation.trace_id,
            )
        except ValidationError as error:
            form.add_error(None, reasons(error))
        else:
            confirm(request, f"{draft.item.slug} is a draft now.")
            return redirect("item_edit", draft.item.slug)
    context = {"form": form, "version": version, "trace": annotation.trace_id, "quote": quote}
    return render(request, "items/new.html", context, status=422 if request.method == "POST" else 200)


def _quoted(annotation: Annotation, number: int) -> str:
    """A step of the trace as a quotation in Markdown; that of the first mark where none is named, nothing without."""
    steps = split_steps(annotation.trace.text)
    first = annotation.marks.order_by("start").values_list("start", flat=True).first()
    if not number and first is not None:
        number = sum(start <= first for start, _ in steps)
    if not 1 <= number <= len(steps):
        return ""
    start, end = steps[number - 1]
    said = annotation.trace.text[start:end].strip()
    return f"Step {number} of trace {annotation.trace_id}:\n\n" + "\n".join(f"> {line}" for line in said.splitlines())
