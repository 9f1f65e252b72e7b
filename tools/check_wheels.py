"""Build all distributions and check them: `python tools/check_wheels.py FOLDER`.

Each wheel holds its sources, the licence and data files and nothing else; the wheel built from the
sdist equals the wheel; metadata is complete, versions and pins agree; `twine check` passes.
"""

import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

PACKAGES = Path(__file__).parent.parent / "packages"
HOLDS = {
    "pruning-core": [
        "pruning_core/default_model/model.safetensors",
        "pruning_core/multilingual_model/model.safetensors",
        "pruning_core/py.typed",
        "pruning_core/serving/page/index.html",
    ],
    "pruning-transformers": [
        "pruning_transformers/standalone/modeling_pruning_encoder.py",
        "pruning_transformers/standalone/sha256.json",
        "pruning_transformers/model_card.md",
        "pruning_transformers/py.typed",
        "pruning_autoload.py",
    ],
    "pruning-crossencoder": ["pruning_crossencoder/py.typed"],
}


def build(source: Path, target: Path, kind: str) -> Path:
    """Build without isolation, since this environment has the backend."""
    command = [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", str(source)]
    subprocess.run([*command, "--outdir", str(target)], check=True, capture_output=True)
    return max(target.iterdir(), key=lambda path: path.stat().st_mtime_ns)


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def check(name: str, folder: Path) -> str:
    """Check one distribution; its version."""
    wheel = build(PACKAGES / name, folder / "wheels", "wheel")
    sdist = build(PACKAGES / name, folder / "sdists", "sdist")
    with tarfile.open(sdist) as archive:
        options = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # from 3.11.4 on
        archive.extractall(folder / "unpacked", **options)
    again = build(
        folder / "unpacked" / sdist.name.removesuffix(".tar.gz"), folder / "again", "wheel"
    )
    files = contents(wheel)
    assert files == contents(again), f"{name}: the wheel from the sdist differs"

    sources = PACKAGES / name / "src"
    expected = {
        str(path.relative_to(sources))
        for path in sources.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    info = f"{wheel.name.split('-')[0]}-{wheel.name.split('-')[1]}.dist-info"
    packed = {file for file in files if not file.startswith(info)}
    assert packed == expected, f"{name}: {packed ^ expected}"
    assert set(HOLDS[name]) <= packed, f"{name}: {set(HOLDS[name]) - packed}"
    assert f"{info}/licenses/LICENSE" in files, f"{name}: no licence"

    metadata = HeaderParser().parsestr(files[f"{info}/METADATA"].decode())
    for field in ("Summary", "Requires-Python", "License-Expression", "Keywords"):
        assert metadata[field], f"{name}: no {field}"
    for field in ("Classifier", "Project-URL"):
        assert metadata.get_all(field), f"{name}: no {field}"
    for requirement in metadata.get_all("Requires-Dist") or []:
        if requirement.startswith("pruning-"):
            assert requirement.endswith(f"=={metadata['Version']}"), f"{name}: {requirement}"
    print(f"{wheel.name}  {wheel.stat().st_size / 1e6:.2f} MB, {len(packed)} files")
    return str(metadata["Version"])


def main() -> None:
    folder = Path(sys.argv[1])
    versions = {check(name, folder) for name in HOLDS}
    assert len(versions) == 1, f"versions differ: {versions}"
    built = [str(path) for kind in ("wheels", "sdists") for path in (folder / kind).iterdir()]
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *built], check=True)


if __name__ == "__main__":
    main()
