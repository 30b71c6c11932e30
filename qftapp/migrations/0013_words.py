"""Words of traces and of searches, made alike: `\\gamma_5`, `γ⁵` and `gamma5` are the same two words."""

from django.db import migrations

WORDS = r"""
CREATE FUNCTION qft_plain(source text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
-- The text in lower-case words with one space between: commands of LaTeX without their backslash, those that only
-- format left out, Greek letters and signs by their names, letters and figures apart.
DECLARE
    plain text := source;
    sign text[];
BEGIN
    IF octet_length(plain) > char_length(plain) THEN
        plain := lower(normalize(plain, NFKC));
        IF plain ~ '[α-ωħ∂∇√∞∫∑∏†]' THEN
            FOREACH sign SLICE 1 IN ARRAY ARRAY[
                ['α', 'alpha'], ['β', 'beta'], ['γ', 'gamma'], ['δ', 'delta'], ['ε', 'epsilon'], ['ζ', 'zeta'],
                ['η', 'eta'], ['θ', 'theta'], ['ι', 'iota'], ['κ', 'kappa'], ['λ', 'lambda'], ['μ', 'mu'], ['ν', 'nu'],
                ['ξ', 'xi'], ['ο', 'omicron'], ['π', 'pi'], ['ρ', 'rho'], ['ς', 'sigma'], ['σ', 'sigma'],
                ['τ', 'tau'], ['υ', 'upsilon'], ['φ', 'phi'], ['χ', 'chi'], ['ψ', 'psi'], ['ω', 'omega'],
                ['ħ', 'hbar'], ['∂', 'partial'], ['∇', 'nabla'], ['√', 'sqrt'], ['∞', 'infty'], ['∫', 'int'],
                ['∑', 'sum'], ['∏', 'prod'], ['†', 'dagger']
            ] LOOP
                plain := replace(plain, sign[1], ' ' || sign[2] || ' ');
            END LOOP;
        END IF;
    ELSE
        plain := lower(plain);
    END IF;
    IF strpos(plain, '\') > 0 THEN
        plain := replace(plain, '\var', '\');
        plain := regexp_replace(plain, '\\(left|right|big[glr]?|[dtc]?frac|math(rm|bf|it|sf|cal|bb|scr|frak)|text(bf|it|rm)?'
            || '|operatorname|boldsymbol|bm|displaystyle|boxed|q?quad|begin|end|cdot|times|limits)(?![a-z])', ' ', 'g');
    END IF;
    RETURN btrim(regexp_replace(plain, '[^[:alnum:]]+|(?<=[[:alpha:]])(?=[0-9])|(?<=[0-9])(?=[[:alpha:]])', ' ', 'g'));
END $$;

CREATE FUNCTION qft_words(source text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
-- 150,000 characters of at most four bytes make less than the megabyte that a tsvector may have, whatever they are.
    SELECT to_tsvector('pg_catalog.simple', left(qft_plain(left(source, 150000)), 150000))
$$;

CREATE FUNCTION qft_query(asked text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
-- All that is asked for: words, "words in a row", -none of these. What is written without a space is in a row too.
DECLARE
    term text[];
    found tsquery;
    wanted tsquery := ''::tsquery;
BEGIN
    FOR term IN SELECT regexp_matches(asked, '(-?)(?:"([^"]*)"?|(\S+))', 'g') LOOP
        found := phraseto_tsquery('pg_catalog.simple', qft_plain(coalesce(term[2], term[3])));
        CONTINUE WHEN numnode(found) = 0;
        wanted := wanted && CASE WHEN term[1] = '-' THEN !! found ELSE found END;
    END LOOP;
    RETURN wanted;
END $$;
"""

NO_WORDS = """
DROP FUNCTION qft_query(text);
DROP FUNCTION qft_words(text);
DROP FUNCTION qft_plain(text);
"""

COMPRESSION = """
DO $$ BEGIN
    ALTER TABLE qftapp_trace ALTER COLUMN text SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;  -- A server built without it keeps its own, which takes several times as long to write.
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0012_labels_are_facts")]
    operations = [
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(COMPRESSION, "ALTER TABLE qftapp_trace ALTER COLUMN text SET COMPRESSION default"),
    ]
