"""The editor of a draft: the page, its autosave, its live panels, submission."""

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, attempt, confirm, posted_from, whole_number
from qftapp.items import actions, examining, gate, presenting, queries, reviewing
from qftapp.items.contract_form import errors_by_field, field_of_check
from qftapp.items.forms import DraftForm
from qftapp.items.models import ItemVersion
from qftapp.verification import Contract, ContractError
from qftapp.verification.conventions import sentence


@never_cache  # going back shows what became of it
def edit(request: Request, slug: str) -> HttpResponse:
    """The open draft of an item, to write on; readers are sent to the item's page."""
    version = queries.open_version(slug)
    if version is None or not permissions.can_edit(request.user, version):
        messages.info(request, "There is no draft of yours to edit; open a new version first.")
        return redirect("item", slug)
    return render(request, "items/editor.html", _page(version, DraftForm(version)))


def _page(version: ItemVersion, form: DraftForm) -> dict[str, object]:
    return {
        "version": version,
        "item": version.item,
        "form": form,
        "problem": version.item.source_problem,
        "last_review": version.reviews.select_related("reviewer").first(),
    }


@posted_from("item_edit", "slug")
def save(request: Request, slug: str, number: int) -> HttpResponse:
    """Store the draft; JSON for the page's autosave, a redirect for a form without JavaScript.

    409 carries both texts where another tab or person saved meanwhile; 422 names the fields that cannot be stored.
    """
    version = get_object_or_404(queries.version_of(slug, number))
    form = DraftForm(version, request.POST)
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        saved = _store(request, version, form)
    except ValidationError:
        if wants_json:
            return JsonResponse({"errors": form.errors}, status=422)
        return render(request, "items/editor.html", _page(version, form), status=422)
    except Conflict as conflict:
        return _conflict(request, version, form, conflict, wants_json)
    if wants_json:
        return JsonResponse({"revision": saved.revision, "saved_at": saved.saved_at.isoformat()})
    messages.success(request, "Saved.")
    return redirect("item_edit", slug)


def _store(request: Request, version: ItemVersion, form: DraftForm) -> ItemVersion:
    """Save what the form holds; raises ValidationError where it cannot be stored and Conflict as `save_draft` does."""
    if not form.is_valid():
        raise ValidationError("The form cannot be stored.")
    revision = whole_number(request.POST.get("revision", ""))
    return actions.save_draft(
        version.pk,
        by=request.user,
        revision=-1 if revision is None else revision,
        content=form.content,
        classification=form.classified,
        overwrite=request.POST.get("overwrite") == "yes",
    )


def _conflict(
    request: Request, version: ItemVersion, form: DraftForm, conflict: Conflict, wants_json: bool
) -> HttpResponse:
    current = conflict.current if isinstance(conflict, actions.StaleDraft) else version
    html = _conflict_html(request, current, form, str(conflict))
    if wants_json:
        return JsonResponse({"html": html, "revision": current.revision}, status=409)
    return render(request, "items/editor.html", {**_page(current, form), "conflict": html}, status=409)


def _conflict_html(request: Request, current: ItemVersion, form: DraftForm, reason: str) -> str:
    """Both texts side by side wherever they differ, with the ways out."""
    mine = ItemVersion(item=current.item, number=current.number, **form.content)
    differing = [section for section in presenting.sections(current, mine) if section.differs]
    context = {"version": current, "sections": differing, "reason": reason}
    return render_to_string("items/partials/conflict.html", context, request)


@posted_from("item_edit", "slug")
def preview(request: Request, slug: str, number: int) -> HttpResponse:
    """What stands in the form, as a reader and as a model will see it; nothing is stored."""
    version = get_object_or_404(queries.version_of(slug, number))
    form = DraftForm(version, request.POST)
    if not form.is_valid():
        return render(request, "items/partials/preview.html", {"errors": form.errors}, status=422)
    content = form.content
    context: dict[str, object] = {**content, "item": version.item}
    try:
        contract = Contract.from_json(content["contract"])
    except ContractError as error:
        context["problems"] = error.problems
    else:
        context["parsed"] = contract
        context["conventions"] = sentence(contract.conventions)
        context["prompt"] = presenting.prompt_of(content["statement"], contract)
    return render(request, "items/partials/preview.html", context)


def checks(request: Request, slug: str, number: int) -> HttpResponse:
    """What the gate says of the version as it is stored; a fragment, which asks again while the checks run."""
    version = get_object_or_404(queries.version_of(slug, number))
    try:
        report = examining.report_of(version, by=request.user)
    except examining.Busy as busy:
        return render(request, "items/partials/checks_running.html", {"version": version, "busy": busy})
    return render(request, "items/partials/checks.html", checks_context(version, report))


def checks_context(version: ItemVersion, report: gate.GateReport) -> dict[str, object]:
    """What the checks fragment shows, with contract problems and failing tests under the fields they belong to."""
    failing = (check for check in report.failures if check.code.startswith("test_"))
    field_errors = {field_of_check(check.code): [check.message] for check in failing}
    try:
        Contract.from_json(version.contract)
    except ContractError as error:
        field_errors = errors_by_field(error)
    return {"version": version, "report": report, "field_errors": json.dumps(field_errors)}


@posted_from("item_edit", "slug")
def submit(request: Request, slug: str, number: int) -> HttpResponse:
    """Save what the form holds and send it to review, or say what stands against it."""
    version = get_object_or_404(queries.version_of(slug, number))
    form = DraftForm(version, request.POST)
    try:
        version = _store(request, version, form)
        reviewing.submit(version.pk, by=request.user)
    except ValidationError:
        return render(request, "items/editor.html", {**_page(version, form), "unstorable": True}, status=422)
    except reviewing.GateRefused as refused:
        context = {**_page(version, DraftForm(version)), **checks_context(version, refused.report), "refused": True}
        return render(request, "items/editor.html", context, status=422)
    except examining.Busy as busy:
        messages.info(request, f"{busy} Everything you wrote is saved; submit it when they are done.")
        return redirect("item_edit", slug)
    except Conflict as conflict:
        return _conflict(request, version, form, conflict, wants_json=False)
    draft = reverse("item_save", args=(slug, number))
    confirm(request, "In review. A reviewer who did not write it will judge it.", draft)
    return redirect(version)


@posted_from("item_version", "slug", "number")
def withdraw(request: Request, slug: str, number: int) -> HttpResponse:
    """Take the version back from review and edit it."""
    version = get_object_or_404(queries.version_of(slug, number))
    if attempt(request, reviewing.withdraw, version.pk, by=request.user, done="Taken back; it is a draft again."):
        return redirect("item_edit", slug)
    return redirect(version)


@posted_from("item_edit", "slug")
def discard(request: Request, slug: str, number: int) -> HttpResponse:
    """Retire a draft; its text stays in the item's history."""
    version = get_object_or_404(queries.version_of(slug, number))
    attempt(request, actions.discard, version.pk, by=request.user, done="Discarded; the text stays readable here.")
    return redirect(version)
