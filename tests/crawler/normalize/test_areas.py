"""Areas come out in hundredths of a square metre, or are refused with their text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import NumberForm
from crawler.normalize.areas import parse_area

PLAIN, BRAZILIAN = NumberForm.PLAIN, NumberForm.BRAZILIAN


@pytest.mark.parametrize(
    ("raw", "form", "hundredths"),
    [
        ("138.62m²", PLAIN, 13862),  # Ali card 2026-08-31
        ("142m²", PLAIN, 14200),
        ("80㎡", PLAIN, 8000),
        ("120.5平方米", PLAIN, 12050),
        ("433.7㎡", PLAIN, 43370),
        ("1,234.5 平方米", PLAIN, 123450),
        ("８９．１５平方米", PLAIN, 8915),
        ("2.19 亩", PLAIN, 146000),
        ("3亩", PLAIN, 200000),
        ("1公顷", PLAIN, 1000000),
        ("372呎", PLAIN, 3456),  # 34.55993 m2
        ("1,000 平方呎", PLAIN, 9290),
        ("582 sq ft", PLAIN, 5407),
        ("582 Sq. Ft.", PLAIN, 5407),
        ("582sq.ft", PLAIN, 5407),
        ("582ft²", PLAIN, 5407),
        ("100000000平方呎", PLAIN, 929030400),  # 0.09290304 m2 each, exactly
        ("30.25坪", PLAIN, 10000),  # 1 m2 = 0.3025 坪
        ("１２１坪", PLAIN, 40000),
        ("260平方公尺", PLAIN, 26000),
        ("1.5公頃", PLAIN, 1500000),
        (90, PLAIN, 9000),
        (98.79, PLAIN, 9879),
        ("171.43", BRAZILIAN, 17143),  # CAIXA: decimal point beside Brazilian prices
        ("1120.00", BRAZILIAN, 112000),
        ("2035960.00", BRAZILIAN, 203596000),  # the largest seen, 2026-01-08
        ("1.120,50", BRAZILIAN, 112050),
        ("40,17 m2", BRAZILIAN, 4017),
        ("0.00", BRAZILIAN, 0),
    ],
)
def test_areas_become_hundredths_of_a_square_metre(raw, form, hundredths):
    assert parse_area(raw, form) == hundredths


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        (-1, PLAIN),
        ("-5m²", PLAIN),
        ("13812345678", PLAIN),
        (10**9, PLAIN),
        ("约80㎡", PLAIN),
        ("80㎡左右", PLAIN),
        ("3室1厅", PLAIN),
        ("372平方尺", PLAIN),  # a square foot in Hong Kong, 1/9 m2 on the mainland
        ("372 ft", PLAIN),
        ("372呎", BRAZILIAN),
        ("1200000000平方呎", PLAIN),
        ("", PLAIN),
        ("1,2", PLAIN),
        ("1.120", BRAZILIAN),
        ("1.120.000", BRAZILIAN),
        (True, PLAIN),
        (float("nan"), PLAIN),
    ],
)
def test_negative_absurd_and_doubtful_areas_are_refused(raw, form):
    with pytest.raises(ValueError, match="area"):
        parse_area(raw, form)


@given(st.integers(0, 10**10))
def test_areas_survive_formatting_and_parsing(hundredths):
    whole, rest = divmod(hundredths, 100)
    assert parse_area(f"{whole}.{rest:02}", BRAZILIAN) == hundredths
    assert parse_area(f"{whole:,}.{rest:02}㎡", PLAIN) == hundredths
