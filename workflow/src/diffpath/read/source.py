"""Bytes of a text table: unpacked, UTF-8, one kind of line end."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from diffpath.read.wording import fault

GZIP = b"\x1f\x8b"
FOREIGN = {
    b"PK\x03\x04": "a zip archive or Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x89HDF": "an HDF5 file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
CHUNK = 1 << 16


def read_text(path: str | Path) -> bytes:
    r"""Return the whole text of a plain or gzip file as UTF-8 bytes with ``\n`` line ends.

    Gzip is known by its first bytes, not by the file's name. A byte-order mark is removed.

    Raises
    ------
    InputError
        The file is absent, empty, cut off, or not UTF-8 text.
    """
    return _tidy(_unpack(path, None), str(path))


def read_head(path: str | Path, lines: int) -> bytes:
    """Return the first complete lines of a file; raise as `read_text` does."""
    text = _tidy(_unpack(path, lines), str(path))
    return b"\n".join(text.split(b"\n")[:lines])


def read_raw(path: str | Path) -> bytes:
    """Return the bytes of a file as they stand on disk; raise if there is none."""
    with _open(path):
        return Path(path).read_bytes()


def iterate_lines(path: str | Path) -> Iterator[bytes]:
    """Yield the lines of a plain or gzip file, for files too large to hold in memory."""
    with _open(path) as stream:
        yield from stream


def _unpack(path: str | Path, lines: int | None) -> bytes:
    with _open(path) as stream:
        return _take(stream, lines)


@contextmanager
def _open(path: str | Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    try:
        with Path(path).open("rb") as handle:
            packed = handle.read(len(GZIP)) == GZIP
            handle.seek(0)
            if packed:
                with gzip.open(handle) as stream:
                    yield stream
            else:
                yield handle
    except (FileNotFoundError, IsADirectoryError):
        there = Path(path).is_dir()
        raise fault(
            "no_file",
            str(path),
            "",
            found="a folder" if there else "no such file",
            expected="a text table, plain or gzip",
            mend="correct the path; it is taken from the folder the workflow runs in",
        ) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise fault(
            "truncated_gzip",
            str(path),
            "",
            found="a gzip file that breaks off or is damaged",
            expected="a complete gzip file",
            mend="copy or download the file again and compare its size or checksum",
        ) from None


def _take(stream: IO[bytes] | gzip.GzipFile, lines: int | None) -> bytes:
    if lines is None:
        return stream.read()
    parts: list[bytes] = []
    ends = 0
    while ends <= lines:
        part = stream.read(CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
        ends += part.count(b"\n") or part.count(b"\r")
    data = b"".join(parts)
    # A line cut in the middle could end within a character.
    return data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]


def _tidy(data: bytes, file: str) -> bytes:
    for magic, kind in FOREIGN.items():
        if data.startswith(magic):
            raise fault(
                "not_text",
                file,
                "",
                found=kind,
                expected="a UTF-8 text table, plain or gzip",
                mend="export the table as tab-separated UTF-8 text",
            )
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.strip():
        raise fault(
            "empty_file",
            file,
            "",
            found="no text",
            expected="a header line and one line per gene",
            mend="give the file that holds the table",
        )
    if b"\x00" in data:
        raise fault(
            "not_text",
            file,
            f"row {_row(data, data.index(0))}",
            found="a null byte, as in a binary file",
            expected="a UTF-8 text table, plain or gzip",
            mend="export the table as tab-separated UTF-8 text",
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise fault(
            "not_utf8",
            file,
            f"row {_row(data, error.start)}",
            found=f"byte 0x{data[error.start]:02x}, which is not UTF-8",
            expected="UTF-8 text",
            mend="save the table with the encoding UTF-8",
        ) from None
    return data


def _row(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
