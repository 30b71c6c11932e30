"""The same words in less than half the time: one pass of a small expression, the rest by plain replacement."""

from django.db import migrations

PLAIN = r"""
CREATE OR REPLACE FUNCTION qft_plain(source text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
-- The text in lower-case words with one space between: commands of LaTeX without their backslash, those that only
-- format left out, Greek letters and signs by their names, letters and figures apart.
DECLARE
    plain text := source;
    sign text[];
    command text;
BEGIN
    IF octet_length(plain) > char_length(plain) THEN
        IF plain IS NOT NFKC NORMALIZED THEN
            plain := normalize(plain, NFKC);
        END IF;
        plain := lower(plain);
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
    -- Backslashes stay until the commands that only format are known by them.
    plain := replace(replace(plain, '\var', '\'), '\', ' \') || ' ';
    plain := regexp_replace(
        plain, '[^[:alnum:]\\]+|(?<=[[:alpha:]])(?=[0-9])|(?<=[0-9])(?=[[:alpha:]])', ' ', 'g'
    );
    IF strpos(plain, '\') > 0 THEN
        FOREACH command IN ARRAY ARRAY[
            '', 'left', 'right', 'big', 'bigg', 'bigl', 'bigr', 'frac', 'dfrac', 'tfrac', 'cfrac', 'mathrm', 'mathbf',
            'mathit', 'mathsf', 'mathcal', 'mathbb', 'mathscr', 'mathfrak', 'text', 'textbf', 'textit', 'textrm',
            'operatorname', 'boldsymbol', 'bm', 'displaystyle', 'boxed', 'quad', 'qquad', 'begin', 'end', 'cdot',
            'times', 'limits'
        ] LOOP
            plain := replace(plain, '\' || command || ' ', '');
        END LOOP;
        plain := replace(plain, '\', '');
    END IF;
    RETURN btrim(plain);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0016_pages")]
    operations = [migrations.RunSQL(PLAIN, migrations.RunSQL.noop)]
