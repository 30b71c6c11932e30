"""Items as tests of the examination put them, and the checks that they get."""

from qftapp.verification.soundness import examine


def checks(item, **options):
    return {check.code: check for check in examine(item, **options).checks}


def statuses(item, status, **options):
    return [check.code for check in examine(item, **options).checks if check.status == status]
