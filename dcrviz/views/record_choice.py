"""The positions of a knob that holds a record: none, those with a known name, those it has held."""

from __future__ import annotations

from typing import Any

from dcrviz.bands import Band, band_names
from dcrviz.throughput import Throughput

AUTO = "auto: from the visits' filter"
NONE = "none: all wavelengths alike"


class RecordChoice:
    """Labels of records and back. A record that came from elsewhere stays on the list."""

    def __init__(self, kind: type) -> None:
        self._records: dict[str, Any] = {
            Band: {AUTO: None, **{name: Band.named(name) for name in band_names()}},
            Throughput: {NONE: None},
        }[kind]

    @property
    def labels(self) -> list[str]:
        """What there is to choose, none first."""
        return list(self._records)

    def label(self, record: Any) -> str:
        """What a record is called, which is on the list from then on."""
        if record is None:
            return self.labels[0]
        self._records[record.name] = record
        return str(record.name)

    def record(self, label: str) -> Any:
        """The record of a label on the list."""
        return self._records[label]
