import pytest
from check_site import problems

PAGE = (
    '<link rel="stylesheet" href="a.css"><script src="../b.js"></script><a href="https://x.y">x</a>'
)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.html").write_text("")
    (tmp_path / "b.js").write_text("")
    (tmp_path / "sub" / "page.html").write_text(PAGE)
    (tmp_path / "sub" / "a.css").write_text("a { background: url(data:x) }")
    return tmp_path


def test_a_site_that_has_all_it_loads(site):
    assert list(problems(site)) == []


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        (
            "index.html",
            '<script src="https://cdn/x.js"></script>',
            "index.html loads https://cdn/x.js",
        ),
        ("index.html", '<img src="none.png">', "index.html loads none.png"),
        ("index.html", '<link rel="icon" href="//x/y">', "index.html loads //x/y"),
        ("sub/a.css", "@import 'http://x/y.css';", "sub/a.css loads http://x/y.css"),
        ("sub/a.css", "a { src: url(font.woff) }", "sub/a.css loads font.woff"),
    ],
)
def test_what_comes_from_elsewhere_or_is_missing(site, file, text, found):
    (site / file).write_text(text)
    assert list(problems(site)) == [found]
