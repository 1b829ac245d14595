"""References are random, ordered by time, and of the stated version."""

from rollkeeper.kernel.ids import new_uuid, new_uuids


def test_references_are_uuids_of_version_7():
    made = new_uuids(1000)

    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


def test_no_two_references_are_alike():
    assert len(set(new_uuids(100_000))) == 100_000


def test_a_later_reference_sorts_behind_an_earlier_millisecond():
    first = new_uuid()

    later = new_uuid()
    while later.bytes[:6] == first.bytes[:6]:
        later = new_uuid()

    assert later > first
