"""Tables of visits beside the files or given."""

import pytest

from dcrviz.io import read_exposure, read_exposures


@pytest.fixture
def files(plain_file):
    return [plain_file(name) for name in ("a.fits", "b.fits")]


def table_of(path, text):
    path.write_text(text)
    return path


def test_rows_are_found_by_file_in_any_order(files):
    table_of(files[0].with_name("visits.csv"), "file,airmass\nb.fits,1.5\na.fits,1.2\n")
    assert [e.visit.airmass for e in read_exposures(files)] == [1.2, 1.5]


@pytest.mark.parametrize("column", ["visit", "exposure", "id"])
def test_rows_are_found_by_the_id_of_the_visit(lsst_file, tmp_path, column):
    table = table_of(tmp_path / "other.csv", f"{column},airmass\n1,1.1\n411021,1.9\n")
    assert read_exposure(lsst_file(), table=table).visit.airmass == 1.9


def test_a_table_given_wins_over_the_one_beside(files, tmp_path):
    table_of(tmp_path / "visits.csv", "file,airmass\na.fits,1.5\n")
    other = table_of(tmp_path / "other.csv", "file,airmass\na.fits,1.7\n")
    assert read_exposure(files[0], table=other).visit.airmass == 1.7


def test_a_file_without_a_row_is_named(files):
    table_of(files[0].with_name("visits.csv"), "file,airmass\na.fits,1.5\n")
    with pytest.raises(ValueError, match=r"b\.fits: must have one row in .*visits\.csv.*; got 0"):
        read_exposures(files)


def test_a_file_with_two_rows_is_named(files):
    table_of(files[0].with_name("visits.csv"), "file\na.fits\na.fits\n")
    with pytest.raises(ValueError, match=r"a\.fits: must have one row in .*visits\.csv.*; got 2"):
        read_exposures(files[0])


def test_a_column_that_is_nearly_one_that_says_something_is_told(files, tmp_path, caplog):
    text = "file,airmas,Noise,parallactic_deg_assumed,comment,PSF\na.fits,1.5,3,10,x,y\n"
    read_exposure(files[0], table=table_of(tmp_path / "other.csv", text))
    assert [record.message.partition(": ")[2] for record in caplog.records] == [
        "column 'airmas' says nothing; did you mean 'airmass'?",
        "column 'Noise' says nothing; did you mean 'noise'?",
    ]


def test_spaces_and_a_byte_order_mark_do_no_harm(files):
    table_of(files[0].with_name("visits.csv"), "\ufefffile, airmass\na.fits , 1.5\n")
    assert read_exposure(files[0]).visit.airmass == 1.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("airmass,fwhm_px\n1,2\n", "must have a column file, visit, exposure or id; got airmass,"),
        ("file,airmass\n", "must have a line of column names and rows; got no row"),
        ("", "must have a line of column names and rows; got no row"),
    ],
)
def test_a_table_that_is_none_is_named(files, tmp_path, text, message):
    table = table_of(tmp_path / "t.csv", text)
    with pytest.raises(ValueError, match=rf"t\.csv: {message}"):
        read_exposures(files, table=table)


def test_a_table_that_is_no_text_is_named(files, tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(ValueError, match=r"t\.csv: must be a readable CSV file"):
        read_exposures(files, table=tmp_path / "t.csv")


def test_a_missing_table_is_named(files, tmp_path):
    with pytest.raises(ValueError, match=r"none\.csv: must be a readable CSV file"):
        read_exposures(files, table=tmp_path / "none.csv")
