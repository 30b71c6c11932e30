"""A difference marks words and whole formulas, and stays safe."""

from qftapp.prose import diff


def formula(source: str) -> str:
    return f'<span class="math" data-display="false">{source}</span>'


def test_words_and_formulas_that_changed_are_marked():
    assert diff.rendered("the width $a$ of it", "the total width $b$ of it") == (
        f"<p>the <ins>total</ins> width <del>{formula('a')}</del> <ins>{formula('b')}</ins> of it</p>\n"
    )


def test_equal_texts_have_no_marks():
    assert diff.rendered("a **b** $c$", "a **b** $c$") == f"<p>a <strong>b</strong> {formula('c')}</p>\n"


def test_added_list_item_stays_a_list_item():
    assert diff.rendered("- one", "- one\n- two") == "<ul>\n<li>one</li>\n<li><ins>two</ins></li>\n</ul>\n"


def test_marks_of_the_diff_cannot_be_smuggled_in():
    assert diff.rendered("", "\ue000<b>") == "<p><ins>&lt;b&gt;</ins></p>\n"


def test_source_lines_are_escaped_and_marked():
    assert diff.source("same\n<old>", "same\nnew") == (
        '<span class="line">same</span><span class="line removed">&lt;old&gt;</span><span class="line added">new</span>'
    )
