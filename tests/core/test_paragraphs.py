from pruning_core.paragraphs import paragraphs_of


def paragraphs(text):
    return list(paragraphs_of(text, 0, len(text)))


def test_blank_lines_part_them():
    assert [len(p.lines) for p in paragraphs("a b\nc d\n\ne f\n\n\ng")] == [2, 1, 1]


def test_rows_stay_whole():
    (table,) = paragraphs("name\tprice\nlamp\t3\ndesk\t40\n")
    assert [table.is_row(at) for at in range(3)] == [True] * 3
    (prose,) = paragraphs("The lamp costs three.\nThe desk costs more.\n")
    assert not prose.is_row(0)


def test_code_by_its_indent():
    text = "    for i in range(3):\n        print(i)\n"
    assert paragraphs(text)[0].is_code(text)
    prose = "    The lamp costs three pounds in all shops.\n    The desk costs more than that.\n"
    assert not paragraphs(prose)[0].is_code(prose)
