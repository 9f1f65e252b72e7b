import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [path for path in (str(HERE),) if path not in sys.path]
TABLES = []


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="every hostile folder, not the sample")


def pytest_terminal_summary(terminalreporter):
    for text in TABLES:
        terminalreporter.section("hostile folders")
        terminalreporter.write_line(text)
