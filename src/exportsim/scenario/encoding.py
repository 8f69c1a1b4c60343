"""The text of files: UTF-8, or a sentence that says what was found and what to do about it."""

from __future__ import annotations


class EncodingError(ValueError):
    """Bytes that are not text in UTF-8."""

    def __init__(self, message: str, start: int) -> None:
        self.start = start
        super().__init__(message)


def decoded(content: bytes) -> str:
    """The text of bytes in UTF-8, with or without a byte order mark."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        raise EncodingError("found text in UTF-16, expected UTF-8: save it as UTF-8", 0)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = f"0x{content[error.start]:02X}"
        raise EncodingError(f"found the byte {byte}, expected text in UTF-8: save it as UTF-8", error.start) from None
