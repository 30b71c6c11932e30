"""The verifier can be imported alone."""

import subprocess
import sys


def test_verification_imports_neither_django_nor_sympy():
    script = (
        "import sys, qftapp.verification, qftapp.verification.soundness; "
        "print(sorted({'django', 'sympy', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
