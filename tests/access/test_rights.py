"""The table of rights is what docs/architecture.md says."""

import pytest

from quetma.access import rights


@pytest.mark.parametrize(
    ("right", "allowed"),
    [
        ("figures", {"leader", "gatekeeper", "viewer"}),
        ("units", {"leader"}),
        ("people", {"leader", "gatekeeper"}),
        ("health", {"leader"}),
        ("gate", {"leader", "gatekeeper"}),
        ("badges", {"leader"}),
        ("trace", {"leader"}),
        ("history", {"leader"}),
        ("export", {"leader"}),
        ("upload", {"leader"}),
        ("who", {"leader"}),
        ("audit", {"leader"}),
        ("server", {"leader"}),
    ],
)
def test_who_may(right, allowed):
    assert {role for role in rights.ROLES if rights.may(role, right)} == allowed


def test_an_unknown_right_is_a_mistake_not_a_permission():
    with pytest.raises(KeyError):
        rights.may("leader", "everything")
