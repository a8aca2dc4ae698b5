"""A file of reports counted by itself, and compared with what the board says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from feedback.insight.rules.buckets import LARGEST_ERROR
from feedback.insight.rules.figures import Wait


@dataclass(frozen=True, slots=True)
class Waits:
    """The times of one agency: plain seconds and working minutes until the first response, in any order."""

    seconds: Sequence[int]
    minutes: Sequence[int]


@dataclass(frozen=True, slots=True)
class Compared:
    """One agency: n and medians of the file, of the rows, and of the board."""

    agency: str
    in_file: tuple[int, float, float]
    in_rows: tuple[int, float, float]
    on_board: tuple[int, float, float]

    @property
    def same(self) -> bool:
        """Rows exactly as the file; the board with the same n and within the error that histograms may have."""
        close = all(
            abs(board - file) <= LARGEST_ERROR * file
            for board, file in zip(self.on_board[1:], self.in_file[1:], strict=True)
        )
        return self.in_file == self.in_rows and self.on_board[0] == self.in_file[0] and close


def compared(
    in_file: Mapping[str, Waits], in_rows: Mapping[str, Waits], on_board: Mapping[str, Wait]
) -> tuple[Compared, ...]:
    """Every agency that appears anywhere, by name."""
    names = sorted({*in_file, *in_rows, *on_board})
    return tuple(
        Compared(name, _exact(in_file.get(name)), _exact(in_rows.get(name)), _board(on_board.get(name)))
        for name in names
    )


def _exact(waits: Waits | None) -> tuple[int, float, float]:
    if waits is None or not waits.seconds:
        return 0, 0.0, 0.0
    return len(waits.seconds), float(median(waits.seconds)), float(median(waits.minutes))


def _board(wait: Wait | None) -> tuple[int, float, float]:
    if wait is None:
        return 0, 0.0, 0.0
    return wait.elapsed.n, wait.elapsed.median or 0.0, wait.working.median or 0.0
