"""The version stands in the places that `tox -e version` changes; workflows pin their actions."""

import re
import tomllib
from pathlib import Path

import bundle

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)+")


def test_every_place_is_known():
    text = (ROOT / ".bumpversion.toml").read_text(encoding="utf-8")
    rules = tomllib.loads(text)["tool"]["bumpversion"]
    assert rules["current_version"] == bundle.version()
    for rule in rules["files"]:
        files = list(ROOT.glob(rule.get("glob") or rule["filename"]))
        assert len(files) == (3 if "glob" in rule else 1)
        for file in files:
            search = rule["search"].replace("{current_version}", bundle.version())
            search = search if rule.get("regex") else re.escape(search)
            assert re.search(search.replace("{{4}}", "{4}"), file.read_text(encoding="utf-8"))


def test_the_changelog_has_its_headings():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    headings = re.findall(r"^(##+) (.+)$", text, re.MULTILINE)
    assert headings[0] == ("##", "[Unreleased]")
    assert {name for level, name in headings if level == "###"} <= kinds
    for level, name in headings:
        if level == "##":
            link = re.match(r"\[(.+?)\]", name)
            assert link, name
            assert f"\n[{link[1]}]: https://" in text


def test_actions_are_pinned_by_commit():
    workflows = list((ROOT / ".github" / "workflows").glob("*.yml"))
    used = [
        use
        for file in workflows
        for use in re.findall(r"uses: (.+)", file.read_text(encoding="utf-8"))
    ]
    assert len(workflows) == 2
    assert used
    assert [use for use in used if not PINNED.fullmatch(use)] == []
