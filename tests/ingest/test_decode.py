from __future__ import annotations

import pytest

from askcorpus.ingest.decode import SAMPLE_BYTES, decode
from askcorpus.ingest.extracted import Unreadable

FRENCH = "Le général a été reçu à l'hôtel de ville où les délégués déjeunaient.\r\n" * 4
JAPANESE = "北朝鮮はハマスとの秘密の武器取引を否定した。新聞は日曜日に報じた。\n" * 8


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252"]
)
def test_text_comes_back_from_common_encodings(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding)) == FRENCH


def test_curly_quotes_of_windows_come_back() -> None:
    text = "He said “no” – that’s all. The deal wasn’t done, it’s said.\n" * 4
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("mark", ["utf-16-be", "utf-16-le", "utf-32-be", "utf-32-le"])
def test_a_byte_order_mark_names_the_encoding_and_goes(mark: str) -> None:
    assert decode(("\ufeff" + JAPANESE).encode(mark)) == JAPANESE


def test_a_few_accents_in_a_short_file_are_western() -> None:
    assert decode("café".encode("latin-1")) == "café"


def test_polish_and_greek_are_detected() -> None:
    polish = "Zażółć gęślą jaźń, powiedział wójt w środę podczas spotkania z mieszkańcami.\n" * 5
    greek = "Ο δήμαρχος άνοιξε τη γέφυρα τη Δευτέρα.\n" * 4
    assert decode(polish.encode("cp1250")) == polish
    assert decode(greek.encode("cp1253")) == greek


def test_shift_jis_is_detected() -> None:
    assert decode(JAPANESE.encode("shift_jis")) == JAPANESE


def test_a_large_file_is_detected_by_a_sample_and_decoded_whole() -> None:
    text = "plain words only\n" * (2 * SAMPLE_BYTES // 16) + FRENCH * 400
    assert decode(text.encode("latin-1")) == text


def test_only_the_first_mark_goes() -> None:
    assert decode(b"\xef\xbb\xbf\xef\xbb\xbfabc") == "\ufeffabc"


def test_a_few_bad_bytes_in_utf8_become_replacement_characters() -> None:
    data = FRENCH.encode() + b"\xff" + JAPANESE.encode()
    assert decode(data) == FRENCH + "\ufffd" + JAPANESE


def test_colours_in_a_log_are_text() -> None:
    text = "\x1b[32mok\x1b[0m " * 10
    assert decode(text.encode()) == text


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfea", b"\xff\xfe\x00\xd8", "\ufeffa\0b".encode("utf-16-le"), b"%PDF-1.7\nabc", b"\0"],
)
def test_what_is_no_text_looks_binary(data: bytes) -> None:
    assert decode(data) == Unreadable("looks binary")
