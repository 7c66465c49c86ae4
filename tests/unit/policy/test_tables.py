"""Tables of territories: which line decides, what is refused by its line, and which leads no line has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.routes import OWNED, REP, REST, desk, with_routes
from workers.policy.conditions import YearsSpan
from workers.policy.load import PolicyError, load_policy, load_policy_file
from workers.policy.table_columns import Slip
from workers.policy.tables import MOST_LINES, MOST_OVERLAPS, find_gaps, read_table

HEAD = "country,region,employees,industry,to\n"
OVERLAP = "lines that no company can both fit, or a further line for those that fit both"
WEST = HEAD + "US,,,,desk inside_sales\nUS,CA;OR,,,desk west\nUS,CA,1000-,,rep wes\n"


def slips(text: str) -> list[tuple[int, str, str]]:
    return [tuple(slip) for slip in read_table(text).slips]  # type: ignore[misc]


def test_a_narrower_line_is_before_those_that_cover_it_in_any_order_of_the_file() -> None:
    head, *lines = WEST.splitlines()
    for text in (WEST, "\n".join([head, *reversed(lines)])):
        assert slips(text) == []
        assert [line.name for line in read_table(text).lines] == ["wes", "west", "inside_sales"]


@pytest.mark.parametrize(
    ("text", "line", "found", "expected"),
    [
        ("", 1, "an empty table", "names of columns"),
        ("country,state,to\n", 1, 'the column "state"', "columns of country, region"),
        ("founded,to\n", 1, 'the column "founded"', "did you mean age?"),
        ("plan,to\n", 1, 'the column "plan"', "fields.NAME for a custom field"),
        ("age,to\n3K-,desk west\n", 2, 'age "3K"', "a whole number"),
        (
            "fields.plan,to\ngold;plat*,desk a\nPlatinum,desk b\n*um,desk c\n",
            4,
            "an overlap with line 2",
            "no company",
        ),
        (
            "product_interest,to\n*data*,desk a\n*analytics,desk b\n",
            3,
            "an overlap with line 2",
            "no company",
        ),
        ("country,country,to\n", 1, "the column country twice", "each column once"),
        ("country,region\nUS,CA\n", 1, "without a condition or a target", "columns of"),
        (HEAD + "\n# a comment\nUS,,,,west\n", 4, '"west"', "desk NAME, rep REP_ID or partner NAME"),
        (HEAD + "US,CA,,desk west\n", 2, "1 cells too few", "one for each column"),
        (HEAD + "XX,,,,desk west\n", 2, 'country "XX"', "a country code of ISO 3166-1"),
        (HEAD + "US,,100,,desk west\n", 2, 'employees "100"', "a range, as 1-999, 1000- or -999"),
        (HEAD + "US,,-,,desk west\n", 2, 'employees "-"', "a range, as 1-999, 1000- or -999"),
        (HEAD + "US,,9-1,,desk west\n", 2, 'employees "9-1"', "from not above to"),
        (HEAD + "US,,,60,desk west\n", 2, "industry", "sic or naics with a code"),
        (
            HEAD + "US,CA,,,desk west\nUS,CA,,,desk east\n",
            3,
            "the conditions of line 2",
            "each territory once",
        ),
        (
            HEAD + "US,CA,,,desk west\nUS,,1000-,,desk large\n",
            3,
            "an overlap with line 2",
            "lines that no company can both fit",
        ),
        (HEAD + "US,CA;OR,,,desk west\nUS,OR;WA,,,desk north\n", 3, "an overlap with line 2", "no company"),
        (HEAD + "US,,1-100,,desk west\nUS,,100-,,desk north\n", 3, "an overlap with line 2", "no company"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(text: str, line: int, found: str, expected: str) -> None:
    (slip, *_) = slips(text)
    assert slip[0] == line
    assert found in slip[1]
    assert expected in slip[2]


def test_a_line_for_those_that_fit_both_settles_an_overlap() -> None:
    text = HEAD + "US,CA,,,desk west\nUS,,1000-,,desk large\nUS,CA,1000-,,rep wes\n"
    assert slips(text) == []
    assert read_table(text).lines[0].name == "wes"


def test_custom_fields_products_and_ages_are_columns() -> None:
    text = "Fields.Plan,product interest,Age,to\nGold;plat*,,,desk key\n,*analytics*,-2,desk young\ngold,*analytics*,-2,rep wes\n"
    table = read_table(text)
    assert table.slips == (Slip(3, "an overlap with line 2", OVERLAP),)
    assert [line.conditions.given for line in table.lines] == [
        {"age": YearsSpan(to="2"), "product_interest": ("*analytics*",), "fields": {"plan": ("gold",)}},
        {"fields": {"plan": ("Gold", "plat*")}},
        {"age": YearsSpan(to="2"), "product_interest": ("*analytics*",)},
    ]


def test_a_line_with_the_fields_of_two_others_settles_their_overlap() -> None:
    text = "fields.plan,fields.tier,to\ngold,,desk a\n,one,desk b\ngold,one,desk c\n"
    assert slips(text) == []
    assert [line.name for line in read_table(text).lines] == ["c", "a", "b"]


def test_postal_codes_overlap_if_one_begins_with_the_other_and_the_longer_one_is_narrower() -> None:
    text = "postal_code,to\n80,desk south\n803,desk munich\n9,desk north\n"
    assert slips(text) == []
    assert [line.name for line in read_table(text).lines] == ["munich", "south", "north"]


def test_sizes_and_regions_that_no_line_has_are_noted() -> None:
    text = HEAD + "DE,,1-99,,desk a\nDE,,200-,,desk b\nUS,CA,,,desk west\n"
    assert [(gap.line, gap.found) for gap in find_gaps(read_table(text))] == [
        (3, "employees from 100 to 199 in no line"),
        (4, "no line for US without a region"),
    ]
    assert find_gaps(read_table(WEST)) == []


def test_a_large_table_is_read_and_one_that_is_too_large_is_refused() -> None:
    lines = [f"US,,{number * 10}-{number * 10 + 9},,desk west\n" for number in range(400)]
    assert len(read_table(HEAD + "".join(lines)).lines) == 400
    assert slips(HEAD + "US,,,,desk west\n" * (MOST_LINES + 1))[0][1] == f"{MOST_LINES + 1} lines"


# The file beside the policy.


@pytest.fixture
def policy_file(tmp_path: Path, default_text: str) -> Path:
    """Return a policy file whose routes name the table territories.csv."""
    path = tmp_path / "policy.yaml"
    routes = (*OWNED, REP, "{table: territories.csv}", REST)
    path.write_text(with_routes(default_text, routes, desk("west")), "utf-8")
    return path


def test_a_table_is_part_of_the_text_and_of_the_hash_of_the_policy(policy_file: Path) -> None:
    table = policy_file.with_name("territories.csv")
    table.write_text("\ufeff" + WEST.replace("\n", "\r\n"), "utf-8")
    policy, text = load_policy_file(policy_file)
    assert policy.tables == {"territories.csv": WEST}
    assert load_policy(text).hash == policy.hash

    table.write_text(WEST + "CA,,,,desk west\n", "utf-8")
    changed, _ = load_policy_file(policy_file)
    assert changed.hash != policy.hash


def test_a_missing_table_and_a_wrong_line_are_refused_by_file_and_line(policy_file: Path) -> None:
    with pytest.raises(PolicyError) as missing:
        load_policy_file(policy_file)
    (problem,) = missing.value.problems
    assert problem.key == "routes[6].table"
    assert "territories.csv: No such file" in problem.found

    policy_file.with_name("territories.csv").write_text(WEST + "FR,,,,desk paris\n", "utf-8")
    with pytest.raises(PolicyError) as wrong:
        load_policy_file(policy_file)
    (problem,) = wrong.value.problems
    assert (problem.file, problem.line, problem.found) == ("territories.csv", 5, '"desk paris"')
    assert "a desk of desks: inside_sales, west" in problem.expected


def test_overlaps_are_listed_up_to_a_bound() -> None:
    lines = [f"US,R{number},,,desk west\n" for number in range(40)]
    sizes = [f"US,,{number}0-{number}9,,desk east\n" for number in range(1, 40)]
    found = slips(HEAD + "".join(lines + sizes))
    assert len(found) == MOST_OVERLAPS
    assert found[0] == (
        42,
        "an overlap with line 2",
        "lines that no company can both fit, or a further line for those that fit both",
    )


def test_lines_of_other_countries_and_postal_codes_do_not_overlap_and_keep_their_order() -> None:
    head = "country,postal_code,to\n"
    lines = ["DE,80;81,desk a", "DE,9,desk b", "FR,80,desk c", ",85,desk d", "DE,859,desk e", "DE,,desk f"]
    table = read_table(head + "\n".join(lines))
    assert [line.name for line in table.lines] == ["e", "a", "b", "c", "d", "f"]
    assert [(slip.line, slip.found) for slip in table.slips] == [(7, "an overlap with line 5")]


@pytest.mark.parametrize(
    "text",
    [
        "Country;Postal Code;Employees;To\nDE;80-81;1000-;desk west\n",
        "COUNTRY\tpostal-code\tEmployees\tTO\nDE\t80-81\t1000-\tdesk west\n",
        "country,postal_code,employees,to\nDE,80;81,1000-,desk west\n",
    ],
)
def test_a_table_is_read_as_a_spreadsheet_writes_it(text: str) -> None:
    (line,) = read_table(text).lines
    assert line.conditions.countries == ("DE",)
    assert line.conditions.postal_codes == ("80", "81")
    assert line.conditions.employees is not None


@pytest.mark.parametrize(
    ("country", "cell", "codes"),
    [
        ("DE", "0-2", ("0", "1", "2")),
        ("FR", "08-11;99", ("08", "09", "10", "11", "99")),
        ("PL", "00-95", ("0095",)),  # postal codes of Poland have a hyphen
        ("DE;PL", "80-81", ("8081",)),
        ("", "80-81", ("8081",)),
        ("DE", "81-80", ("8180",)),
        ("US", "90210-1234", ("902101234",)),
    ],
)
def test_a_range_of_postal_codes_is_read_where_a_hyphen_can_be_nothing_else(
    country: str, cell: str, codes: tuple[str, ...]
) -> None:
    (line,) = read_table(f"country,postal_code,to\n{country},{cell},desk west\n").lines
    assert line.conditions.postal_codes == codes


def test_the_name_of_a_column_in_a_spreadsheet_is_answered_with_that_of_the_table() -> None:
    assert [
        (found, expected.partition(" (")[2]) for _, found, expected in slips("state,zip,to\nCA,1,desk west\n")
    ] == [
        ('the column "state"', "did you mean region?)"),
        ('the column "zip"', "did you mean postal_code?)"),
    ]


@pytest.mark.parametrize("table", [WEST.replace("US,CA;OR,,,desk west", "US,CA;OR,,desk west"), None])
def test_a_refused_table_does_not_leave_its_desks_without_a_route(
    policy_file: Path, table: str | None
) -> None:
    if table is not None:
        policy_file.with_name("territories.csv").write_text(table, "utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policy_file(policy_file)
    assert [one.key for one in refused.value.problems] == ["routes[6].table" if table is None else "table"]
