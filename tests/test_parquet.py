"""Parquet files that are damaged: each is refused or read as it was, and none ends the process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from exportsim.playing.parquet import Bounds, DamagedError, read


def test_no_flipped_bit_of_what_a_file_says_of_itself_ends_the_process(tmp_path: Path) -> None:
    path = tmp_path / "small.parquet"
    pq.write_table(pa.table({"number": np.arange(5), "text": ["x"] * 5}), path)
    sound, refused = path.read_bytes(), 0
    said = int.from_bytes(sound[-8:-4], "little") + 8  # the last bytes are what the file says of itself, and its length
    for place in range(len(sound) - said, len(sound)):
        flipped = bytearray(sound)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        try:
            table, _ = read(path, Bounds(rows=100, columns=100))
        except DamagedError:
            refused += 1
        else:
            assert table.num_rows <= 100
    assert refused > said / 4
