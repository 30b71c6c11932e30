"""The review of a version: the differences, the checks, the reviewer's own answer, and the verdict."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import history
from qftapp.actors.http import Request, confirm, posted_from, reasons
from qftapp.items import examining, gate, presenting, queries, reviewing
from qftapp.items.models import ItemVersion, Review
from qftapp.items.views.item import page_of
from qftapp.verification import VERIFIER_VERSION


def review(request: Request, slug: str, number: int) -> HttpResponse:
    """What changed since it was sent back, or against the approved version, what the checks say, the verdict form."""
    version = get_object_or_404(queries.version_of(slug, number))
    if not permissions.can_review(request.user, version):
        messages.info(request, _why_not(request, version))
        return redirect(version)
    return render(request, "items/review.html", _page(version))


def _why_not(request: Request, version: ItemVersion) -> str:
    if version.state != ItemVersion.State.REVIEW:
        return f"This version is {version.get_state_display().lower()}, so there is nothing to review."
    if version.author_id == request.user.pk:
        return "You wrote this version; another reviewer must judge it."
    return "Only reviewers judge versions."


def _page(version: ItemVersion, **more: object) -> dict[str, object]:
    approved = version.item.versions.filter(state=ItemVersion.State.APPROVED).first()
    sent_back = version.reviews.filter(content__isnull=False).select_related("reviewer").first()
    base = sent_back.wording if sent_back else approved
    stored = _stored(version)
    return {
        "version": version,
        "item": version.item,
        "approved": approved,
        "sent_back": sent_back,
        "base": base,
        "sections": presenting.sections(base, version),
        "contract": presenting.contract_of(version),
        "reviews": Review.objects.filter(version__item=version.item).select_related("reviewer", "version")[:20],
        "history": history([version])[:50],
        "report": stored,
        "is_current": bool(stored and stored.verifier_version == VERIFIER_VERSION),
        **more,
    }


def verdict_panel(request: Request, slug: str, number: int) -> HttpResponse:
    """What the checks of today's verifier say, and the buttons that they enable; a fragment, run anew `?afresh=yes`."""
    version = get_object_or_404(queries.version_of(slug, number))
    context: dict[str, object] = {"version": version}
    try:
        afresh = request.GET.get("afresh") == "yes"
        report = examining.report_of(version, by=request.user, afresh=afresh)
    except examining.Busy as busy:
        context |= {"report": _stored(version), "is_current": False, "busy": busy}
    else:
        context |= {"report": report, "is_current": True}
    return render(request, "items/review.html#verdict", context)


def _stored(version: ItemVersion) -> gate.GateReport | None:
    """The report of the submission."""
    return gate.GateReport.from_json(version.gate) if version.gate else None


@posted_from("item_review", "slug", "number")
def judge(request: Request, slug: str, number: int) -> HttpResponse:
    """Approve the wording that was read, or request changes."""
    version = get_object_or_404(queries.version_of(slug, number))
    approves = request.POST.get("verdict") == Review.Verdict.APPROVE
    action = reviewing.approve if approves else reviewing.request_changes
    comment = request.POST.get("comment", "")
    try:
        action(version.pk, by=request.user, content_hash=request.POST.get("content_hash", ""), comment=comment)
    except ValidationError as error:
        context = _page(version, comment=comment, comment_errors=reasons(error))
        return render(request, "items/review.html", context, status=422)
    except Conflict as error:
        if permissions.can_review(request.user, version):
            context = _page(version, comment=comment, comment_errors=[str(error)])
            return render(request, "items/review.html", context, status=409)
        messages.error(request, f"{error} Your comment is in the comment field below, not sent yet.")
        return page_of(request, version, comment=comment, status=409)
    answer = reverse("item_answer", args=(slug, number))
    confirm(request, "Approved." if approves else "Changes requested; the author has your comment.", answer)
    return redirect(version)
