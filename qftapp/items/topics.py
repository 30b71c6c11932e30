"""The taxonomy of items: domains of physics, categories of quantum field theory, and the topics within them."""

from dataclasses import dataclass

DOMAINS: dict[str, str] = {
    "qft": "Quantum field theory",
    "quantum_mechanics": "Quantum mechanics",
    "cosmology": "Cosmology",
    "general_relativity": "General relativity",
    "statistical_mechanics": "Statistical mechanics",
    "mathematical_physics": "Mathematical physics",
    "classical_physics": "Classical physics",
}


@dataclass(frozen=True, slots=True)
class Category:
    """A group of topics, shown as one heading in lists and forms."""

    code: str
    title: str
    domain: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One entry of the taxonomy; `code` is unique over all categories."""

    code: str
    title: str
    category: Category

    @property
    def domain(self) -> str:
        """The code of the domain the topic belongs to."""
        return self.category.domain


_QFT: dict[tuple[str, str], dict[str, str]] = {
    ("foundations", "Foundations and scalar fields"): {
        "classical-fields": "Classical fields and the action principle",
        "free-scalar-quantization": "Canonical quantization of the free scalar",
        "propagators-causality": "Propagators, causality and the iε prescription",
        "wick-diagrams": "Wick's theorem and Feynman diagrams",
        "symmetry-factors": "Symmetry factors and diagram counting",
        "scalar-interactions": "Interacting scalars at tree level",
    },
    ("path-integrals", "Path integrals and quantization"): {
        "path-integral-qm": "Path integrals of quantum mechanics",
        "gaussian-functionals": "Gaussian functional integrals and determinants",
        "generating-functionals": "Generating functionals and the effective action",
        "grassmann-integrals": "Grassmann variables and fermionic integrals",
        "gauge-fixing-ghosts": "Gauge fixing and ghosts",
        "zero-dimensional": "Zero-dimensional field theory",
    },
    ("scattering", "Symmetries and scattering"): {
        "noether-currents": "Noether currents and Ward identities",
        "discrete-symmetries": "Parity, charge conjugation and time reversal",
        "relativistic-kinematics": "Relativistic kinematics and phase space",
        "cross-sections-decays": "Cross sections and decay rates",
        "s-matrix-unitarity": "The S-matrix, unitarity and the optical theorem",
        "lorentz-poincare": "Lorentz and Poincaré representations",
    },
    ("fermions", "Fermions and spinor structure"): {
        "dirac-equation": "The Dirac equation and its solutions",
        "gamma-traces": "γ-matrix algebra and traces",
        "spin-sums": "Spin sums and polarized amplitudes",
        "chirality-helicity": "Chirality, helicity and Weyl spinors",
        "majorana": "Majorana fermions and mass terms",
        "yukawa": "Yukawa interactions",
    },
    ("gauge-fields", "Gauge fields and symmetry"): {
        "photon-quantization": "Quantizing the photon",
        "qed-tree-level": "QED processes at tree level",
        "scalar-qed": "Scalar electrodynamics",
        "massive-vectors": "Massive vector fields",
        "external-fields": "Charged particles in external fields",
        "soft-photons": "Soft photons and infrared divergences",
    },
    ("renormalization", "Renormalization and quantum corrections"): {
        "power-counting": "Power counting and counterterms",
        "scalar-self-energy": "Self-energies and mass renormalization",
        "vacuum-polarization": "Vacuum polarization",
        "vertex-corrections": "Vertex corrections and magnetic moments",
        "renormalization-schemes": "Renormalization schemes",
        "effective-potential": "The effective potential",
    },
    ("symmetry-breaking", "Spontaneous symmetry breaking and Higgs"): {
        "goldstone": "Goldstone bosons",
        "linear-sigma": "The linear sigma model",
        "abelian-higgs": "The Abelian Higgs mechanism",
        "electroweak-masses": "Electroweak mixing and masses",
        "higgs-decays": "Decays of the Higgs boson",
        "flavour-mixing": "Flavour mixing and neutrino masses",
        "weak-decays": "Weak decays and W and Z bosons",
    },
    ("renormalization-group", "Renormalization group and scaling"): {
        "beta-functions": "β-functions",
        "running-couplings": "Running couplings and dimensional transmutation",
        "anomalous-dimensions": "Anomalous dimensions",
        "fixed-points": "Fixed points and critical exponents",
        "unification": "Coupling unification",
    },
    ("non-abelian", "Non-abelian gauge theories"): {
        "lie-algebras": "Lie algebras and representations",
        "colour-factors": "Colour factors",
        "yang-mills": "The Yang–Mills action and its Feynman rules",
        "qcd-processes": "QCD processes at tree level",
        "parton-evolution": "Splitting functions and parton evolution",
        "asymptotic-freedom": "Asymptotic freedom",
    },
    ("thermal-vacuum", "Finite temperature and vacuum effects"): {
        "matsubara-sums": "Matsubara sums",
        "thermal-masses": "Thermal masses",
        "ideal-gases": "Thermodynamics of relativistic gases",
        "phase-transitions": "Symmetry restoration and phase transitions",
        "casimir": "The Casimir effect and vacuum energy",
    },
    ("anomalies-susy", "Anomalies and supersymmetry"): {
        "chiral-anomaly": "The chiral anomaly",
        "anomaly-cancellation": "Anomaly cancellation",
        "pion-decay": "Anomalous pion decay",
        "supersymmetry-algebra": "The supersymmetry algebra and its multiplets",
        "wess-zumino": "The Wess–Zumino model",
    },
    ("amplitudes", "Amplitude and on-shell methods"): {
        "spinor-helicity": "Spinor-helicity variables",
        "mhv-amplitudes": "Maximally helicity-violating amplitudes",
        "on-shell-recursion": "On-shell recursion",
        "colour-ordering": "Colour ordering and amplitude relations",
        "unitarity-cuts": "Generalized unitarity",
    },
    ("loop-methods", "Loop and regularization techniques"): {
        "dimensional-regularization": "Dimensional regularization",
        "feynman-parameters": "Feynman and Schwinger parameters",
        "scalar-integrals": "Scalar one-loop integrals",
        "other-regulators": "Cut-off, Pauli–Villars and ζ-function regularization",
    },
    ("effective-theories", "Effective field theories"): {
        "matching": "Tree-level and one-loop matching",
        "smeft": "The Standard Model effective theory",
        "fermi-theory": "Fermi theory",
        "chiral-perturbation": "Chiral perturbation theory",
        "euler-heisenberg": "The Euler–Heisenberg action",
        "heavy-particles": "Heavy-particle and non-relativistic effective theories",
    },
    ("nonperturbative", "Nonperturbative and topological physics"): {
        "instantons": "Instantons and tunnelling",
        "solitons": "Kinks and vortices",
        "monopoles": "Magnetic monopoles",
        "pair-production": "Pair production in strong fields",
        "lattice": "Lattice field theory",
        "large-n": "Large-N methods",
    },
    ("curved-spacetime", "Curved spacetime and semiclassical QFT"): {
        "unruh": "The Unruh effect",
        "hawking": "Hawking radiation",
        "de-sitter": "Fields in de Sitter space",
        "particle-creation": "Particle creation by changing backgrounds",
        "heat-kernel": "Heat kernels and trace anomalies",
    },
    ("conformal-dual", "Conformal, supersymmetric and dual structures"): {
        "conformal-correlators": "Conformal correlation functions",
        "two-dimensional-cft": "Two-dimensional conformal field theory",
        "virasoro": "The Virasoro algebra",
        "conformal-bootstrap": "Operator products and crossing",
        "holography": "Holographic correlators",
    },
}


def _build_topics() -> dict[str, Topic]:
    """All topics by code, in the order in which forms list them."""
    topics: dict[str, Topic] = {}
    for (category_code, title), entries in _QFT.items():
        category = Category(category_code, title, "qft")
        topics |= {code: Topic(code, name, category) for code, name in entries.items()}
    for domain, title in DOMAINS.items():
        if domain != "qft":
            category = Category(domain.replace("_", "-"), title, domain)
            topics[category.code] = Topic(category.code, f"{title} (general)", category)
    return topics


TOPICS: dict[str, Topic] = _build_topics()
CATEGORIES: dict[str, Category] = {topic.category.code: topic.category for topic in TOPICS.values()}

DOMAIN_CHOICES: list[tuple[str, str]] = list(DOMAINS.items())
TOPIC_CHOICES: list[tuple[str, list[tuple[str, str]]]] = [
    (category.title, [(topic.code, topic.title) for topic in TOPICS.values() if topic.category == category])
    for category in CATEGORIES.values()
]


def topics_of(domain: str) -> tuple[Topic, ...]:
    """The topics of a domain in listing order; empty for an unknown domain."""
    return tuple(topic for topic in TOPICS.values() if topic.domain == domain)


def codes_in(category: str) -> list[str]:
    """The codes of the topics of a category; none for an unknown one."""
    return [topic.code for topic in TOPICS.values() if topic.category.code == category]
