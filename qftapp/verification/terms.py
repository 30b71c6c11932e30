"""The words a contract chooses from: what sort of answer, when two are equal, how near they must be."""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of object the answer is."""

    NUMBER = "number"
    COMPLEX = "complex"
    EXPRESSION = "expression"
    TUPLE = "tuple"
    VECTOR = "vector"
    MATRIX = "matrix"
    TENSOR = "tensor"
    SET = "set"
    EQUATION = "equation"
    LABEL = "label"
    BOOLEAN = "boolean"


class Equality(StrEnum):
    """When two answers are the same answer."""

    VALUE = "value"
    UP_TO_SIGN = "up_to_sign"
    UP_TO_PHASE = "up_to_phase"
    UP_TO_CONSTANT = "up_to_constant"
    AS_SET = "as_set"


class Precision(StrEnum):
    """How near two numbers must be."""

    RELATIVE = "relative"
    SIGNIFICANT_FIGURES = "significant_figures"
    EXACT = "exact"


KIND_TITLES: dict[Kind, str] = {
    Kind.NUMBER: "a real number",
    Kind.COMPLEX: "a complex number",
    Kind.EXPRESSION: "a real or complex function of the symbols",
    Kind.TUPLE: "a tuple (several tasks)",
    Kind.VECTOR: "a vector",
    Kind.MATRIX: "a matrix",
    Kind.TENSOR: "a tensor, or an expression in matrices",
    Kind.SET: "a set",
    Kind.EQUATION: "an equation",
    Kind.LABEL: "one of a list of labels",
    Kind.BOOLEAN: "true or false",
}
EQUALITY_TITLES: dict[Equality, str] = {
    Equality.VALUE: "the same value",
    Equality.UP_TO_SIGN: "up to one overall sign",
    Equality.UP_TO_PHASE: "up to one constant overall phase",
    Equality.UP_TO_CONSTANT: "up to an additive constant",
    Equality.AS_SET: "in any order",
}
PRECISION_TITLES: dict[Precision, str] = {
    Precision.RELATIVE: "relative error",
    Precision.SIGNIFICANT_FIGURES: "significant figures",
    Precision.EXACT: "exact",
}
