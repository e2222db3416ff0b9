"""What was made before serving is out of the collector's sight while it serves, and not after."""

import gc

import pytest

from registry.app.settling import settled


def test_what_there_is_is_kept_while_it_serves_and_let_go_afterwards() -> None:
    with settled():
        assert gc.get_freeze_count() > 10_000
    assert gc.get_freeze_count() == 0


def test_it_is_let_go_after_a_failure_too() -> None:
    with pytest.raises(RuntimeError), settled():
        raise RuntimeError
    assert gc.get_freeze_count() == 0
