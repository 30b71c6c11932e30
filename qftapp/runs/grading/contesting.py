"""What people do about a grade that they think is wrong: contest it, and settle what was contested."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.text import plain
from qftapp.runs.models import Contest, Grade


@transaction.atomic
def contest(grade_id: int, *, by: User, expected: str, reason: str) -> Contest:
    """Say that a grade that counts should be another, and why; the grade stands until the verifier learns better."""
    if not permissions.can_contest(by):
        raise PermissionDenied("Only people with a role may contest a grade.")
    grade = Grade.objects.select_for_update().get(pk=grade_id)
    if not grade.is_current:
        raise Conflict("Another grade of this trace counts by now; look at that one first.")
    reason = plain(reason).strip()
    if not reason:
        raise ValidationError({"reason": "Say why; whoever settles it reads this first."})
    if expected == grade.outcome:
        raise ValidationError({"expected": "This is the outcome it has; choose the one it should have."})
    found = Contest(grade=grade, by=by, expected=expected, reason=reason)
    found.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        raise Conflict("This grade is contested already, and not settled yet.") from None
    log(by, "grade.contested", grade, contest=found.pk, trace=grade.trace_id, expected=expected)
    return found


@transaction.atomic
def settle(contest_id: int, *, by: User, decision: str, remark: str = "") -> Contest:
    """Decide what becomes of a contest: the verifier is wrong, the grade stands, or the item is broken."""
    if not permissions.can_settle(by):
        raise PermissionDenied("Only reviewers and adjudicators may settle a contest.")
    found = Contest.objects.select_for_update().get(pk=contest_id)
    if found.decision:
        raise Conflict(f"It is settled by now: {found.get_decision_display()}.")
    if not decision or decision not in Contest.Decision.values:
        raise ValidationError({"decision": "Choose what becomes of it."})
    found.decision, found.remark = decision, plain(remark).strip()
    found.decided_by, found.decided_at = by, timezone.now()
    found.full_clean(validate_constraints=False, exclude=["grade", "by"])
    found.save()
    log(by, "contest.settled", found, decision=decision, grade=found.grade_id)
    return found
