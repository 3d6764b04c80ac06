"""Files that come with the package are found."""

import pytest

from dcrviz.bundled import bundled


def test_a_bundled_table_is_found():
    assert bundled("conditions", "hits2015.csv").read_text(encoding="utf-8").startswith("exposure,")


def test_without_a_name_it_is_the_folder_of_all_bundled_files():
    assert bundled("conditions") == bundled() / "conditions"


def test_a_file_that_does_not_come_with_the_package_is_named():
    with pytest.raises(ValueError, match=r"must come with the package; got conditions/none\.csv"):
        bundled("conditions", "none.csv")
