"""Frozen records and their arrays as one file with a checksum, and back bit for bit. No pickle."""

from __future__ import annotations

import hashlib
import json
import math
import mmap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dcrviz.io.atomic import atomic_write

_MAGIC = b"dcrviz records 1\n"
_ALIGNED = 64
_TAIL = 8
_CHUNK = 1 << 24


class _Digest(Protocol):
    def update(self, data: Any, /) -> None: ...

    def digest(self) -> bytes: ...


def write_records(path: Path, values: Mapping[str, Any]) -> None:
    """Write named values, all or nothing.

    Parameters
    ----------
    values
        Records, arrays, enumerations, tuples, dictionaries, numbers and words, in any depth. An
        array that is met twice is kept once.

    Raises
    ------
    ValueError
        If the file can't be written.
    TypeError
        If a value is of another kind; names it.

    Notes
    -----
    Arrays follow each other; then comes the tree of all else as JSON, its length, and the checksum
    of everything before.
    """
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        writer = _Writer(stream, _new_digest())
        writer.put(_MAGIC)
        tree = {name: writer.encoded(value) for name, value in values.items()}
        text = json.dumps(tree, allow_nan=False).encode()
        writer.put(text)
        writer.put(len(text).to_bytes(_TAIL, "little"))
        stream.write(writer.digest.digest())


def read_records(path: Path, kinds: Iterable[type]) -> dict[str, Any]:
    """The values of such a file; its arrays stay in it, and can't be written to.

    Parameters
    ----------
    kinds
        Classes of the records and enumerations that it may hold.

    Raises
    ------
    ValueError
        If it can't be read, is damaged, or holds something else.
    """
    try:
        with path.open("rb") as stream:
            content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: must be a file of records; got {error}") from error
    digest = _new_digest()
    end = len(content) - digest.digest_size
    if content[: len(_MAGIC)] != _MAGIC or end < len(_MAGIC) + _TAIL:
        raise ValueError(f"{path}: must be a file of records; got another")
    for start in range(0, end, _CHUNK):
        digest.update(content[start : min(start + _CHUNK, end)])
    if digest.digest() != content[end:]:
        raise ValueError(f"{path}: must be as it was written; its checksum is that of another")
    length = int.from_bytes(content[end - _TAIL : end], "little")
    tree = json.loads(content[end - _TAIL - length : end - _TAIL])
    reader = _Reader(content, {kind.__name__: kind for kind in kinds})
    try:
        return {name: reader.decoded(value) for name, value in tree.items()}
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: must be of this version of dcrviz; got {error}") from error


def _new_digest() -> Any:
    return hashlib.blake2b(digest_size=32)


@dataclass(eq=False, slots=True)
class _Writer:
    stream: IO[bytes]
    digest: _Digest
    at: int = 0
    # The arrays themselves, too: as long as they live nobody else has their number.
    known: dict[int, tuple[dict[str, Any], NDArray[Any]]] = field(default_factory=dict)

    def put(self, data: Any) -> None:
        self.stream.write(data)
        self.digest.update(data)
        self.at += len(data)

    def encoded(self, value: Any) -> Any:
        """The value as JSON has it; arrays are written on the way."""
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return {"float": repr(value)}
        if value is None or isinstance(value, bool | int | float | str):
            return value
        return self._array(value) if isinstance(value, np.ndarray) else self._whole(value)

    def _whole(self, value: Any) -> dict[str, Any]:
        """What has parts or a name, as JSON has it."""
        if isinstance(value, Enum):
            return {"enum": type(value).__name__, "name": value.name}
        if isinstance(value, tuple | list):
            return {"tuple": [self.encoded(each) for each in value]}
        if isinstance(value, Mapping):
            return {"dict": {str(key): self.encoded(each) for key, each in value.items()}}
        if not is_dataclass(value):
            raise TypeError(f"a record can't hold a {type(value).__name__}")
        parts = {item.name: self.encoded(getattr(value, item.name)) for item in fields(value)}
        return {"record": type(value).__name__, "fields": parts}

    def _array(self, array: NDArray[Any]) -> dict[str, Any]:
        if id(array) not in self.known:
            self.put(b"\0" * (-self.at % _ALIGNED))
            place = {"array": self.at, "dtype": array.dtype.str, "shape": list(array.shape)}
            self.known[id(array)] = place, array
            self.put(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        return self.known[id(array)][0]


@dataclass(eq=False, slots=True)
class _Reader:
    content: mmap.mmap
    kinds: Mapping[str, type]
    known: dict[int, NDArray[Any]] = field(default_factory=dict)

    def decoded(self, value: Any) -> Any:
        """What was encoded so."""
        if not isinstance(value, dict):
            return value
        if "float" in value:
            return float(value["float"])
        if "tuple" in value:
            return tuple(self.decoded(each) for each in value["tuple"])
        if "dict" in value:
            return {key: self.decoded(each) for key, each in value["dict"].items()}
        if "array" in value:
            return self._array(value)
        if "enum" in value:
            return self.kinds[value["enum"]][value["name"]]  # type: ignore[index]
        kind = self.kinds[value["record"]]
        return kind(**{name: self.decoded(each) for name, each in value["fields"].items()})

    def _array(self, place: Mapping[str, Any]) -> NDArray[Any]:
        at, shape = place["array"], place["shape"]
        if at not in self.known or list(self.known[at].shape) != shape:
            flat = np.frombuffer(
                self.content, np.dtype(place["dtype"]), count=math.prod(shape), offset=at
            )
            self.known[at] = flat.reshape(shape)
        return self.known[at]
