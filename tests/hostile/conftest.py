import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="every hostile folder, not the sample")


def pytest_terminal_summary(terminalreporter):
    from hostile.table import TABLES

    for text in TABLES:
        terminalreporter.section("hostile folders")
        terminalreporter.write_line(text)
