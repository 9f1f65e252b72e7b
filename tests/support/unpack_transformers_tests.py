"""transformers' own tests of models and configurations, from the sdist of the installed version.

`python tests/support/unpack_transformers_tests.py FOLDER` writes FOLDER/transformers_tests, a
package with `test_modeling_common` and `test_configuration_common`, unless it is there for this
version. The wheel has no tests, and the sdist none of the modules that those two import from
folders of their own: what stands in for them has no tests.
"""

import argparse
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

WANTED = ("test_modeling_common.py", "test_configuration_common.py")
STAND_INS = {
    "__init__.py": "",
    "exporters/__init__.py": "",
    "exporters/test_export.py": "class ExportTesterMixin: ...\n",
    "generation/__init__.py": "",
    "generation/test_utils.py": "class GenerationTesterMixin: ...\n",
    "utils/__init__.py": "",
    "utils/test_configuration_utils.py": "config_common_kwargs = {}\n",
}


def sdist(installed: str, folder: str) -> Path:
    """Download the sdist of transformers by pip, which must be installed."""
    options = ["--no-deps", "--no-binary", "transformers", "--dest", folder, "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, f"transformers=={installed}"]
    subprocess.run(command, check=True)
    return Path(folder, f"transformers-{installed}.tar.gz")


def unpack(archive: Path, installed: str, package: Path) -> None:
    """Write the two modules, and what stands in for what they import."""
    for name, text in STAND_INS.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with tarfile.open(archive) as files:
        for name in WANTED:
            source = files.extractfile(f"transformers-{installed}/tests/{name}")
            (package / name).write_bytes(source.read())
    (package / "VERSION").write_text(installed, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    package = parser.parse_args().folder / "transformers_tests"
    installed, seen = version("transformers"), package / "VERSION"
    if seen.is_file() and seen.read_text(encoding="utf-8") == installed:
        return
    with tempfile.TemporaryDirectory() as folder:
        unpack(sdist(installed, folder), installed, package)


if __name__ == "__main__":
    main()
