"""Triggers that keep published taxonomies and submitted annotations from changing, and the first taxonomy."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

REFUSE = """
CREATE TRIGGER published_taxonomy_never_changes BEFORE UPDATE OR DELETE ON qftapp_taxonomy
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION qft_refuse('the taxonomy is published; write the next number');

CREATE FUNCTION qft_refuse_in_published_taxonomy() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.taxonomy_id]
        WHEN 'DELETE' THEN ARRAY[OLD.taxonomy_id]
        ELSE ARRAY[OLD.taxonomy_id, NEW.taxonomy_id] END;
BEGIN
    PERFORM FROM qftapp_taxonomy WHERE id = ANY (touched) FOR KEY SHARE;
    IF EXISTS (SELECT FROM qftapp_taxonomy WHERE id = ANY (touched) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION '% of % is refused: the taxonomy is published', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER category_of_published_taxonomy_never_changes BEFORE INSERT OR UPDATE OR DELETE ON qftapp_errorcategory
    FOR EACH ROW EXECUTE FUNCTION qft_refuse_in_published_taxonomy();

CREATE TRIGGER submitted_annotation_stands BEFORE UPDATE ON qftapp_annotation
    FOR EACH ROW
    WHEN (OLD.submitted_at IS NOT NULL AND NEW.submitted_at IS NOT NULL)
    EXECUTE FUNCTION qft_refuse('the annotation is submitted; take it back first');

CREATE TRIGGER submitted_annotation_stays BEFORE DELETE ON qftapp_annotation
    FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL)
    EXECUTE FUNCTION qft_refuse('a submitted annotation stays');

CREATE FUNCTION qft_refuse_in_submitted_annotation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.annotation_id ELSE NEW.annotation_id END;
BEGIN
    PERFORM FROM qftapp_annotation WHERE id = touched FOR KEY SHARE;
    IF EXISTS (SELECT FROM qftapp_annotation WHERE id = touched AND submitted_at IS NOT NULL) THEN
        RAISE EXCEPTION '% of % is refused: the annotation is submitted', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER mark_of_submitted_annotation_stands BEFORE INSERT OR UPDATE OR DELETE ON qftapp_spanlabel
    FOR EACH ROW EXECUTE FUNCTION qft_refuse_in_submitted_annotation();
"""

ALLOW = """
DROP TRIGGER mark_of_submitted_annotation_stands ON qftapp_spanlabel;
DROP TRIGGER submitted_annotation_stays ON qftapp_annotation;
DROP TRIGGER submitted_annotation_stands ON qftapp_annotation;
DROP TRIGGER category_of_published_taxonomy_never_changes ON qftapp_errorcategory;
DROP TRIGGER published_taxonomy_never_changes ON qftapp_taxonomy;
DROP FUNCTION qft_refuse_in_submitted_annotation();
DROP FUNCTION qft_refuse_in_published_taxonomy();
"""

GUIDE = """\
Read the problem, then the trace from its beginning. Judge what is written, not whether the final answer is right: a
right answer may rest on a wrong step, and a wrong one on sound steps and a slip at the end.

Mark every step in which something goes wrong **for the first time**. A step that is wrong only because it carries an
earlier error on is not marked again; say of the earlier mark that it propagates. What the trace itself takes back
later, without having used it, is minor. Where two categories fit, choose the one nearest to the cause.

**Major**: the error changes the result, or would if nothing else did. **Minor**: it does not.

Verdicts: *sound*, no major error; *flawed*, at least one; *bad item*, the problem or its reference is wrong or
ambiguous; *unsure*, you cannot tell.
"""

CATEGORIES: list[tuple[str, str, str, str, list[tuple[str, str, str, str]]]] = [
    (
        "factual",
        "Factual",
        "A fact, definition or formula of physics is misremembered, or made up.",
        r"Claims that $(\gamma^5)^2 = -1$.",
        [
            ("formula", "Wrong formula", "A known formula or value is recalled wrongly.", r"Takes $C_F = N$ for SU($N$)."),
            (
                "convention",
                "Wrong convention",
                "Another metric, sign, unit or normalisation than the one that was given.",
                r"Uses $p^2 = -m^2$ where the metric is $(+,-,-,-)$.",
            ),
            ("inapplicable", "Does not apply", "A true result is used where its conditions fail.", "Uses the optical theorem off shell."),
            ("invented", "Invented", "A result that does not exist, or a source that does not say it.", "Quotes a theorem nobody has proved."),
        ],
    ),
    (
        "mathematical",
        "Mathematical",
        "A manipulation is wrong: what stands after it does not follow from what stood before.",
        r"Writes $(2x-1)^2 = x^2 - 2x + 1$.",
        [
            ("sign", "Sign", "A sign is lost or gained.", r"Moves $-\tfrac12 m^2\phi^2$ to the other side and keeps its sign."),
            ("factor", "Numerical factor", "A factor such as 2, π or a symmetry factor is lost or gained.", r"Loses the $1/2$ of two identical particles."),
            ("algebra", "Algebra", "Terms are expanded, collected or cancelled wrongly.", r"Cancels $s$ in $(s+t)/s$ to get $t$."),
            ("calculus", "Integral or derivative", "An integral, derivative, limit or expansion is wrong.", r"Expands $\Gamma(\epsilon)$ as $1/\epsilon + \gamma$."),
            ("indices", "Indices or spinors", "Indices, traces, colour or spinors are handled wrongly.", r"Takes $\operatorname{tr}\gamma^\mu\gamma^\nu = g^{\mu\nu}$."),
        ],
    ),
    (
        "logical",
        "Logical",
        "The inference fails: the conclusion contradicts, or does not rest on, what was derived.",
        r"Derives $A(z) \sim z^2$ and concludes $z^{-2}$.",
        [
            ("contradiction", "Contradiction", "The conclusion contradicts what was derived.", "Finds the amplitude to vanish and divides by it."),
            ("unsupported", "Unsupported step", "A claim that matters is not derived, or only guessed.", "“By symmetry the finite part vanishes”, without one."),
            ("misread", "Misread problem", "Something else is computed than what was asked.", "Computes the cross section, asked for the amplitude."),
            ("circular", "Circular", "What is to be found is assumed.", "Fits a coefficient to the answer it hopes for."),
            ("incomplete", "Case left out", "A diagram, channel, pole or case is forgotten.", "Adds the $t$ channel and leaves out the $u$ channel."),
        ],
    ),
    (
        "executional",
        "Executional",
        "The reasoning is right, and the final answer or its code says something else.",
        r"Derives $C = 1/4$ and writes $1/3$.",
        [
            ("transcription", "Transcription", "A result is copied wrongly from one line to another.", r"Derives $\frac{g^2}{16\pi^2}$ and boxes $\frac{g^2}{16\pi}$."),
            ("code", "Code", "The code does not compute what was derived.", "Writes `m**2/2*s` for $m^2/(2s)$."),
            ("form", "Form", "The answer is not in the form that was asked for.", "Gives GeV, asked for MeV."),
            ("unfinished", "Unfinished", "The trace ends, or goes round in circles, before it answers.", "Recomputes the same trace until the limit."),
        ],
    ),
]  # fmt: skip


def add_first_taxonomy(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The four categories of the paper, each with finer ones, published; their wording is ours."""
    taxonomy = apps.get_model("qftapp", "Taxonomy").objects.create(
        slug="reasoning-errors", number=1, title="Errors of reasoning", guide=GUIDE
    )
    category: Any = apps.get_model("qftapp", "ErrorCategory")
    position = 0
    for key, (code, name, definition, example, finer) in enumerate(CATEGORIES, 1):
        fields = {"taxonomy": taxonomy, "code": code, "name": name, "definition": definition, "example": example}
        parent = category.objects.create(**fields, hotkey=str(key), position=position)
        position += 1
        for code_below, name_below, definition_below, example_below in finer:
            category.objects.create(
                taxonomy=taxonomy,
                parent=parent,
                code=f"{code}-{code_below}",
                name=name_below,
                definition=definition_below,
                example=example_below,
                position=position,
            )
            position += 1
    taxonomy.published_at = timezone.now()
    taxonomy.save()


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0011_labels")]
    operations = [
        migrations.RunPython(add_first_taxonomy, migrations.RunPython.noop),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
