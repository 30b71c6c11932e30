"""What the zygote imports before it forks, and the folders its children may read for the rest."""

import gc
import importlib
import pkgutil
import sys
import sysconfig
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "sympy", "mpmath")

_MODULES = (
    *("cmath", "math", "collections", "copy", "dataclasses", "decimal", "enum", "fractions", "functools", "heapq"),
    *("itertools", "json", "numbers", "operator", "random", "re", "statistics", "string", "time", "typing", "warnings"),
    *("mpmath", "numpy", "numpy.fft", "numpy.linalg", "numpy.polynomial", "numpy.random"),
    *("scipy.constants", "scipy.integrate", "scipy.interpolate", "scipy.linalg", "scipy.optimize", "scipy.special"),
    *("scipy.stats", "sympy", "sympy.abc", "sympy.physics.wigner", "sympy.physics.quantum.cg"),
)
# SymPy imports most of itself inside functions; where no file can be opened later, it has to be there before.
_PACKAGES_OF_LATE_IMPORTS = (
    *("sympy.functions", "sympy.integrals", "sympy.matrices", "sympy.physics.hep", "sympy.physics.quantum"),
    *("sympy.polys", "sympy.series", "sympy.simplify", "sympy.solvers", "sympy.tensor", "sympy.utilities"),
)


def preload(*, everything: bool) -> None:
    """Import the libraries, and use each once so that what they build lazily is built here and not in every child."""
    for name in _MODULES:
        importlib.import_module(name)
    if everything:
        for package in _PACKAGES_OF_LATE_IMPORTS:
            _import_all_below(package)
    _exercise()
    gc.collect()
    gc.freeze()


def restrict_imports() -> None:
    """Leave only the standard library on the import path; what else is not loaded yet is simply not found."""
    sys.path[:] = [str(folder) for folder in _standard_library()]
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, PathFinder]


def readable_folders() -> list[str]:
    """Return the folders of the standard library and of the preloaded libraries."""
    folders = set(_standard_library())
    for name in LIBRARIES:
        folder = Path(importlib.import_module(name).__path__[0])
        folders |= {folder, folder.with_name(f"{name}.libs")}
    return sorted(str(folder) for folder in folders if folder.is_dir())


def _standard_library() -> list[Path]:
    """Return its folder and that of its compiled modules, the same within and without a virtual environment."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    compiled = [Path(entry) for entry in sys.path if entry.endswith("lib-dynload")]
    return [folder, *compiled]


def _import_all_below(package: str) -> None:
    parent = importlib.import_module(package)
    for found in pkgutil.walk_packages(parent.__path__, f"{package}."):
        if ".tests" in found.name or ".benchmarks" in found.name:
            continue
        try:
            importlib.import_module(found.name)
        except ImportError:  # a part of SymPy that needs what is not installed
            continue


def _exercise() -> None:
    numpy, sympy, mpmath = (importlib.import_module(name) for name in ("numpy", "sympy", "mpmath"))
    integrate, special = (importlib.import_module(f"scipy.{name}") for name in ("integrate", "special"))
    numpy.linalg.inv(numpy.eye(3) * 2.0)
    integrate.quad(lambda x: special.jv(0, x), 0, 1)
    mpmath.quad(mpmath.gamma, [1, 2])
    x = sympy.Symbol("x", positive=True)
    sympy.lambdify(x, sympy.sqrt(x) * sympy.pi, "numpy")(2.0)
    sympy.diff(sympy.sin(x) / x, x).subs(x, sympy.Rational(1, 3)).evalf(30)
    sympy.simplify(sympy.integrate(x**2 + 1 / x, x))
    sympy.Matrix([[1, x], [x, 1]]).det()
