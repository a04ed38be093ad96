"""Facts about what crosses between solution and judge."""

from __future__ import annotations

import contextlib
import json
import math
import socket
import threading
from collections import Counter, OrderedDict, deque, namedtuple
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.sandbox.inside.channel import Channel, Closed
from hornbook.sandbox.inside.codec import (
    MAX_DEPTH,
    MAX_FRAME,
    MAX_MESSAGE,
    MORE,
    CodecError,
    ProtocolViolation,
    from_body,
    pack,
    to_frames,
    unpack,
)

HASHABLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**60, max_value=2**9000)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=()))
    | st.binary()
    | st.complex_numbers(allow_nan=False),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
VALUES = st.recursive(
    HASHABLE
    | st.binary().map(bytearray)
    | st.builds(range, st.integers(-99, 99), st.integers(-99, 99)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.sets(HASHABLE, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.lists(inner, max_size=3).map(deque)
    ),
    max_leaves=12,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(list("tsfdqbBcirhjyz")) | st.text(), inner, max_size=2)
    ),
    max_leaves=20,
)


def crossed(value: Any) -> Any:
    return unpack(from_body(to_frames({"v": pack(value)})[4:])["v"])


def shape(value: Any) -> Any:
    """A value with all of its types, for comparisons in which 1 is not True and -0.0 is not 0.0."""
    if isinstance(value, (list, tuple, deque)):
        return (type(value), [shape(each) for each in value])
    if isinstance(value, (set, frozenset)):
        return (type(value), sorted(repr(shape(each)) for each in value))
    if isinstance(value, dict):
        return (dict, [(shape(key), shape(each)) for key, each in value.items()])
    return (type(value), repr(value) if not isinstance(value, int) else hex(value))


@given(VALUES)
def test_every_value_arrives_as_it_was_with_its_exact_types(value: Any) -> None:
    """Nothing is lost, and 1, True and 1.0 stay what they are."""
    assert shape(crossed(value)) == shape(value)


@given(JSON)
def test_whatever_is_no_packed_value_is_a_violation_and_nothing_else(packed: Any) -> None:
    """Unpacking gives a value of exact built-in types or says that it is none; it never crashes."""
    try:
        value = unpack(packed)
    except ProtocolViolation:
        return
    assert shape(crossed(value)) == shape(value) or "nan" in repr(value)


@given(st.binary(max_size=200))
def test_whatever_is_no_message_is_a_violation_and_nothing_else(body: bytes) -> None:
    """Any bytes at all."""
    try:
        assert type(from_body(body)) is dict
    except ProtocolViolation:
        return


@given(st.binary(max_size=400))
def test_any_bytes_on_the_line_end_in_a_message_a_violation_or_the_end(data: bytes) -> None:
    """A reader is never left with anything else to handle."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.close()
        channel = Channel(ours.fileno())
        try:
            while True:
                assert type(channel.receive()) is dict
        except (ProtocolViolation, Closed):
            return


Point = namedtuple("Point", "x y")


class Colour(IntEnum):
    RED = 1


class Liar(str):
    def __str__(self) -> str:
        return "lie"

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (Point(1, 2), (1, 2)),
        (Colour.RED, 1),
        (Counter("aab"), {"a": 2, "b": 1}),
        (OrderedDict(a=1), {"a": 1}),
        (Liar("truth"), "truth"),
        (deque([1, 2], 3), deque([1, 2], 3)),
    ],
)
def test_an_instance_of_a_subclass_arrives_as_its_base(value: Any, base: Any) -> None:
    """What it overrides stays behind."""
    assert shape(crossed(value)) == shape(base)
    if isinstance(base, deque):
        assert crossed(value).maxlen == base.maxlen


def test_numbers_keep_what_json_would_lose() -> None:
    """Not a number, infinities, the sign of zero, and ints beyond Python's limit of digits."""
    assert math.isnan(crossed(math.nan))
    assert crossed([math.inf, -math.inf]) == [math.inf, -math.inf]
    assert math.copysign(1, crossed(-0.0)) == -1
    assert crossed(-(10**9999)) == -(10**9999)
    assert crossed(0.1 + 0.2) == 0.1 + 0.2


def test_built_in_types_cross_by_name_and_others_do_not() -> None:
    """`int` is a value; a class of one's own is not, whatever it calls itself."""
    assert crossed([int, dict]) == [int, dict]
    for kind in (type("int", (), {}), Exception, type):
        with pytest.raises(CodecError):
            pack(kind)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_depth_and_size_are_bounded_where_a_value_is_sent() -> None:
    """Deep, cyclic, long and huge values are refused with what is wrong with them."""
    assert crossed(nested(MAX_DEPTH - 1)) == nested(MAX_DEPTH - 1)
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    for value, words in (
        (nested(MAX_DEPTH + 1), "deeper"),
        (cyclic, "deeper"),
        ([0] * (3 << 20), "elements"),
        (object(), "object"),
    ):
        with pytest.raises(CodecError, match=words):
            pack(value)
    with pytest.raises(CodecError, match="larger"):
        to_frames({"v": "x" * (MAX_MESSAGE + 1)})


def test_depth_is_bounded_where_a_value_is_received() -> None:
    """A hostile sender keeps to no bounds."""
    with pytest.raises(ProtocolViolation):
        unpack(nested(MAX_DEPTH + 3))
    with pytest.raises(ProtocolViolation):
        from_body(b"[" * 500_000)


def send(data: bytes, size: int = 1 << 16) -> dict[str, Any]:
    """What a channel receives of these bytes, written `size` at a time."""
    ours, theirs = socket.socketpair()

    def write() -> None:
        with theirs, contextlib.suppress(OSError):
            for start in range(0, len(data), size):
                theirs.sendall(data[start : start + size])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        return Channel(ours.fileno()).receive()
    finally:
        ours.close()
        writer.join()


def test_a_long_message_comes_in_several_frames() -> None:
    """Each is 4 MB at most, and all but the last say that more follows."""
    text = "x" * (9 << 20)
    frames = to_frames({"v": text})
    assert int.from_bytes(frames[:4], "little") == MAX_FRAME | MORE
    assert send(frames) == {"v": text}


@pytest.mark.parametrize("size", [MAX_FRAME + 1, 2**31 - 1, 2**32 - 1])
def test_a_frame_over_the_limit_is_refused_before_it_is_read(size: int) -> None:
    """The announced length is enough."""
    with pytest.raises(ProtocolViolation, match="bytes more"):
        send(size.to_bytes(4, "little") + b"{}")


def test_frames_without_end_are_refused_at_the_limit_of_a_message() -> None:
    """Nobody collects more than a message may have."""
    frame = (MAX_FRAME | MORE).to_bytes(4, "little") + b" " * MAX_FRAME
    with pytest.raises(ProtocolViolation, match="bytes more"):
        send(frame * 9)


def test_a_frame_may_come_byte_by_byte() -> None:
    """Where a stream is cut has no meaning."""
    assert send(to_frames({"v": [1, 2]}), size=1) == {"v": [1, 2]}


def test_json_itself_is_taken_strictly() -> None:
    """One object, nothing after it, in UTF-8."""
    for body in (b"", b"5", b"[]", b"{} {}", b"{'a': 1}", b"\xff\xfe", b"/* */ {}", b'{"a": 0x5}'):
        with pytest.raises(ProtocolViolation):
            from_body(body)
    assert json.loads(to_frames({"v": "\ud800"})[4:]) == {"v": "\ud800"}
