"""What is wrong with a wrong answer, in a physicist's words."""

from qftapp.verification.diagnosis.case import Case
from qftapp.verification.diagnosis.diagnose import SECONDS, diagnose
from qftapp.verification.diagnosis.finding import CODES, Category, Diagnosis

__all__ = ["CODES", "SECONDS", "Case", "Category", "Diagnosis", "diagnose"]
