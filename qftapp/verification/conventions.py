"""The conventions an answer depends on, as fixed choices with the words a prompt uses for them."""

from dataclasses import dataclass, fields
from typing import Any

from qftapp.verification.reading import Reader

OTHER_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Choice:
    """One permitted code of a field: `title` for a form, `clause` for the prompt's sentence "Use …"."""

    code: str
    title: str
    clause: str


@dataclass(frozen=True, slots=True)
class Field:
    """One structured convention; "" (not stated) is always permitted besides its choices."""

    code: str
    title: str
    choices: tuple[Choice, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The permitted codes, in the order a form shows them."""
        return tuple(choice.code for choice in self.choices)

    def clause(self, code: str) -> str:
        """Return the prompt's words for `code`, or "" if it is not stated."""
        return next((choice.clause for choice in self.choices if choice.code == code), "")


FIELDS: tuple[Field, ...] = (
    Field(
        "metric",
        "Metric signature",
        (
            Choice("mostly_minus", "(+,−,−,−)", "the metric signature (+,−,−,−)"),
            Choice("mostly_plus", "(−,+,+,+)", "the metric signature (−,+,+,+)"),
            Choice("euclidean", "(+,+,+,+)", "the Euclidean metric (+,+,+,+)"),
        ),
    ),
    Field(
        "units",
        "Units",
        (
            Choice("natural", "ħ = c = 1, α = e²/4π", "natural units ħ = c = 1"),
            Choice("natural_boltzmann", "ħ = c = k_B = 1", "natural units ħ = c = k_B = 1"),
            Choice("natural_gaussian", "ħ = c = 1, Gaussian: α = e²", "natural Gaussian units ħ = c = 1 with α = e²"),
            Choice("planck", "ħ = c = G = 1", "Planck units ħ = c = G = 1"),
            Choice("geometric", "G = c = 1", "geometric units G = c = 1"),
            Choice("atomic", "ħ = mₑ = e = 1", "Hartree atomic units ħ = mₑ = e = 1"),
            Choice("si", "SI, ħ and c written out", "SI units with ħ and c written out"),
        ),
    ),
    Field(
        "fourier",
        "Fourier transform",
        (
            Choice(
                "momentum_two_pi",
                "f(x) = ∫ dᵈk/(2π)ᵈ e^{−ik·x} f(k)",
                "the Fourier convention f(x) = ∫ dᵈk/(2π)ᵈ e^{−ik·x} f(k)",
            ),
            Choice(
                "momentum_two_pi_plus",
                "f(x) = ∫ dᵈk/(2π)ᵈ e^{+ik·x} f(k)",
                "the Fourier convention f(x) = ∫ dᵈk/(2π)ᵈ e^{+ik·x} f(k)",
            ),
            Choice(
                "symmetric",
                "f(x) = ∫ dᵈk/(2π)^{d/2} e^{ik·x} f(k)",
                "the symmetric Fourier convention f(x) = ∫ dᵈk/(2π)^{d/2} e^{ik·x} f(k)",
            ),
        ),
    ),
    Field(
        "gamma_matrices",
        "γ-matrices",
        (
            Choice(
                "clifford",
                "{γ^μ, γ^ν} = 2g^{μν}, γ⁵ = iγ⁰γ¹γ²γ³",
                "γ-matrices with {γ^μ, γ^ν} = 2g^{μν} and γ⁵ = iγ⁰γ¹γ²γ³",
            ),
            Choice(
                "weyl",
                "Weyl (chiral)",
                "γ-matrices in the Weyl representation with γ⁵ = iγ⁰γ¹γ²γ³ = diag(−1, −1, 1, 1)",
            ),
            Choice(
                "dirac",
                "Dirac",
                "γ-matrices in the Dirac representation with γ⁰ = diag(1, 1, −1, −1) and γ⁵ = iγ⁰γ¹γ²γ³",
            ),
            Choice(
                "majorana",
                "Majorana",
                "γ-matrices in the Majorana representation (all imaginary) with γ⁵ = iγ⁰γ¹γ²γ³",
            ),
            Choice(
                "clifford_minus",
                "{γ^μ, γ^ν} = −2g^{μν}",
                "γ-matrices with {γ^μ, γ^ν} = −2g^{μν} and γ⁵ = iγ⁰γ¹γ²γ³",
            ),
        ),
    ),
    Field(
        "levi_civita",
        "Sign of ε",
        (
            Choice("upper_minus", "ε^{0123} = −1", "ε^{0123} = −1"),
            Choice("upper_plus", "ε^{0123} = +1", "ε^{0123} = +1"),
        ),
    ),
    Field(
        "covariant_derivative",
        "Covariant derivative",
        (
            Choice("minus_ig", "D_μ = ∂_μ − igA_μ", "the covariant derivative D_μ = ∂_μ − igA_μ"),
            Choice("plus_ig", "D_μ = ∂_μ + igA_μ", "the covariant derivative D_μ = ∂_μ + igA_μ"),
            Choice(
                "electron_plus_ie",
                "D_μ = ∂_μ + ieA_μ, electron e = −|e|",
                "the covariant derivative D_μ = ∂_μ + ieA_μ, in which the electron has charge e = −|e|",
            ),
        ),
    ),
    Field(
        "state_normalisation",
        "Normalisation of states",
        (
            Choice("relativistic", "⟨p|q⟩ = 2E (2π)³ δ³(p − q)", "one-particle states with ⟨p|q⟩ = 2E (2π)³ δ³(p − q)"),
            Choice("unit_two_pi", "⟨p|q⟩ = (2π)³ δ³(p − q)", "one-particle states with ⟨p|q⟩ = (2π)³ δ³(p − q)"),
            Choice("unit", "⟨p|q⟩ = δ³(p − q)", "one-particle states with ⟨p|q⟩ = δ³(p − q)"),
        ),
    ),
    Field(
        "gauge_group",
        "Colour or spin",
        (
            Choice("su2", "SU(2), T^a = σ^a/2", "the generators T^a = σ^a/2 of SU(2)"),
            Choice("su3", "SU(3), T^a = λ^a/2", "the generators T^a = λ^a/2 of SU(3)"),
            Choice("su_n", "SU(N), tr T^aT^b = δ^{ab}/2", "generators of SU(N) with tr T^aT^b = δ^{ab}/2"),
            Choice("pauli", "σ^i: Pauli matrices", "σ^i for the Pauli matrices"),
        ),
    ),
)


_CODES = {field.code: field.codes for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Conventions:
    """One code for each of FIELDS ("" = not stated) and free text for the rest."""

    metric: str = ""
    units: str = ""
    fourier: str = ""
    gamma_matrices: str = ""
    levi_civita: str = ""
    covariant_derivative: str = ""
    state_normalisation: str = ""
    gauge_group: str = ""
    other: str = ""

    @classmethod
    def read(cls, reader: Reader) -> "Conventions":
        """Return the conventions in a JSON object; what cannot be read is noted as a problem and left out."""
        codes = {code: reader.choice(code, codes, default="", blank=True) for code, codes in _CODES.items()}
        other = reader.text("other", limit=OTHER_LIMIT)
        reader.finish()
        return cls(**codes, other=other)

    def to_json(self) -> dict[str, Any]:
        """Return every field by name, all of them strings; the gauge group only where it is stated."""
        stated = {field.name: getattr(self, field.name) for field in fields(self)}
        return stated if self.gauge_group else {name: code for name, code in stated.items() if name != "gauge_group"}


def sentence(conventions: Conventions) -> str:
    """Return the last sentence of the prompt, "" if nothing is stated.

    The structured fields come first, in the order of FIELDS; the free text follows as its own words:
    "Use the metric signature (+,−,−,−) and natural units ħ = c = 1; e denotes the positron charge."
    """
    clauses = [clause for field in FIELDS if (clause := field.clause(getattr(conventions, field.code)))]
    other = conventions.other.strip()
    if not clauses:
        return _ended(other)
    listed = clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])} and {clauses[-1]}"
    return _ended(f"Use {listed}; {other}" if other else f"Use {listed}")


def _ended(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."
