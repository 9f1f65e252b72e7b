import subprocess

import pytest
from fill_documents import filled

PAGE = """\
```console title="greet"
echo hello
```

```python title="first"
word = "again"
print("not this")
```

```python title="second"
print(word)
```

<!-- begin word: example second -->
<!-- end word -->

<!-- begin greeting: example greet -->
old
<!-- end greeting -->
<!-- begin table: printf '| a |\\n| --- |\\n| 1 |\\n' -->
<!-- end table -->
<!-- begin measured: echo $DATA -->

old

<!-- end measured -->
"""


def test_output_takes_the_place_of_what_was_there(monkeypatch):
    monkeypatch.delenv("DATA", raising=False)
    text = filled(PAGE)
    assert "<!-- begin greeting: example greet -->\n\n```\nhello\n```\n\n<!-- end" in text
    assert "example second -->\n\n```\nagain\n```\n" in text
    assert "-->\n\n| a |\n| --- |\n| 1 |\n\n<!-- end table -->" in text
    assert "$DATA -->\n\nold\n\n<!-- end measured -->" in text
    assert filled(text) == text


def test_names_choose_blocks_and_data_is_read(monkeypatch):
    monkeypatch.setenv("DATA", "here")
    text = filled(PAGE, ["measured"])
    assert "```\nhere\n```" in text
    assert "greet -->\nold\n" in text


@pytest.mark.parametrize("command", ["example none", "false"])
def test_what_cannot_be_run_is_an_error(command):
    with pytest.raises((ValueError, subprocess.CalledProcessError)):
        filled(f"<!-- begin a: {command} -->\n<!-- end a -->")
