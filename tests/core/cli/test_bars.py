from huggingface_hub.utils import (
    are_progress_bars_disabled,
    disable_progress_bars,
    enable_progress_bars,
)

from pruning_core.cli.bars import no_bars


def test_bars_are_off_for_a_while():
    assert not are_progress_bars_disabled()
    with no_bars():
        assert are_progress_bars_disabled()
    assert not are_progress_bars_disabled()


def test_what_was_off_stays_off():
    disable_progress_bars()
    try:
        with no_bars():
            pass
        assert are_progress_bars_disabled()
    finally:
        enable_progress_bars()
