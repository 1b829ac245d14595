"""Codes of figures, made by chance and read however they are typed."""

from rollkeeper.kernel.codes import figures_in, new_code


def test_a_code_has_as_many_figures_as_were_asked_for():
    assert [len(new_code(length)) for length in (8, 16)] == [8, 16]
    assert figures_in(code := new_code(400)) == code
    assert set(code) == set("0123456789")


def test_the_figures_of_any_script_are_figures_and_all_else_is_left_out():
    assert figures_in(" 12-34 \u0f21\u0f22 \uff13/\u0664\u00b2x") == "12341234"
