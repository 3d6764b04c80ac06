"""Bad options, and bad files that options name: exit code 2, one line, nothing written.

That nothing is written, and that the message is one line, the fixtures check each time.
"""

import shutil

import pytest

GRID = "must be on the same pixel grid as"


def tell(line, *parts):
    """Every part is in the line."""
    for part in parts:
        assert str(part) in line


def test_an_unknown_filter_without_wavelengths(warps, not_assembled, set_keys):
    for path in warps:
        set_keys(path, FILTER="N540")
    line = not_assembled(*warps)
    tell(line, warps[0], "the band must be one of lsst-u, lsst-g", "--effective-nm", "'N540'")


def test_no_filter_at_all(warps, not_assembled, set_keys):
    for path in warps:
        set_keys(path, FILTER=None)
    tell(
        not_assembled(*warps), warps[0], "the band must be one of", "or be given by its wavelengths"
    )


def test_an_unknown_band(warps, not_assembled):
    tell(not_assembled(*warps, "--band", "q"), "band must be one of lsst-u", "got 'q'")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--effective-nm", 478], "got only --effective-nm"),
        (["--min-nm", 400, "--max-nm", 550], "got only --min-nm and --max-nm"),
    ],
)
def test_incomplete_wavelengths(warps, not_assembled, given, told):
    line = not_assembled(*warps, *given)
    tell(line, "a band by its wavelengths needs --effective-nm, --min-nm and --max-nm", told)


def wavelengths(effective, low, high):
    return ["--effective-nm", effective, "--min-nm", low, "--max-nm", high]


def test_wavelengths_out_of_order(warps, not_assembled):
    line = not_assembled(*warps, *wavelengths(478, 552, 405))
    tell(line, "wavelengths must satisfy min < effective < max [nm]; got 552, 478, 405")


@pytest.mark.parametrize(
    ("band", "option", "value"),
    [
        ((478, 230.1, 552), "--min-nm", "230.1"),
        ((478, 405, 2058.7), "--max-nm", "2058.7"),
        ((478, 405, "nan"), "--max-nm", "nan"),
        ((-478, 405, 552), "--effective-nm", "-478"),
        ((478, "blue", 552), "--min-nm", "blue"),
    ],
)
def test_a_wavelength_outside_what_the_refraction_formula_holds_for(
    warps, not_assembled, band, option, value
):
    line = not_assembled(*warps, *wavelengths(*band))
    tell(line, f"argument {option}: must be a number from 230.2 to 2058.6; got '{value}'")


def test_such_a_wavelength_in_a_configuration_names_the_file(warps, tmp_path, not_assembled):
    path = tmp_path / "far.yaml"
    path.write_text("band: {effective_nm: 2000, min_nm: 1900, max_nm: 2100}\n")
    line = not_assembled(*warps, "--config", path)
    tell(line, str(path), "from 230.2 to 2058.6 nm", "got 1900 to 2100 nm")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--set", "n_subfilter=3"], "unknown knob 'n_subfilter'; did you mean 'n_subfilters'?"),
        (["--set", "dcrNumSubfilter=3"], "'dcrNumSubfilter'; did you mean 'dcrNumSubfilters'?"),
        (["--set", "dcrNumSubfilters=0"], "knob n_subfilters must be a whole number of at least 1"),
        (["--set", "n_subfilters=2.5"], "knob n_subfilters must be a whole number"),
        (
            ["--set", "base_gain=1.5"],
            "knob base_gain must be a finite number above 0 and at most 1",
        ),
        (
            ["--set", "clamp_subfilters=0.5"],
            "knob clamp_subfilters must be 0 (off) or a number of at",
        ),
        (["--set", "statistic=MODE"], "knob statistic must be one of MEAN, MEANCLIP, MEDIAN"),
        (["--set", "accelerate=nan"], "knob accelerate must be a finite number"),
        (
            ["--set", "model_weights_width=-1"],
            "knob model_weights_width must be a finite number of",
        ),
        (["--set", "subregion_size=0,5"], "knob subregion_size must be two whole numbers of 1 or"),
        (["--set", "n_subfilters"], "a setting must be KNOB=VALUE; got 'n_subfilters'"),
        (["--set", "n_subfilters="], "a setting must be KNOB=VALUE; got 'n_subfilters='"),
        (["--set", "=3"], "a setting must be KNOB=VALUE; got '=3'"),
        (["--set", "band=q"], "knob band: band must be one of"),
        (["--preset", "lsst-2091"], "unknown preset 'lsst-2091'; did you mean 'lsst-2019'?"),
        (
            ["--set", "doMaskBrightObjects=true"],
            "mask_bright_objects needs a catalogue: --bright-ob",
        ),
    ],
)
def test_a_knob_that_can_not_be(warps, not_assembled, words, told):
    assert told in not_assembled(*warps, *words)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("dcrNumSubfilters=0", "0"),
        ("n_subfilters=2.5", "2.5"),
        ("base_gain=-1", "-1"),
        ("statistic=MODE", "'MODE'"),
        ("subregion_size=0,5", "(0, 5)"),
        ("bad_planes=", "'bad_planes='"),
        ("propagate_planes=SAT:2", "{'SAT': 2}"),
        ("use_convergence=maybe", "'maybe'"),
    ],
)
def test_a_refused_setting_tells_the_value(warps, not_assembled, setting, value):
    assert f"; got {value}\n" in not_assembled(*warps, "--set", setting)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("n_subfilter: 3\n", "unknown knob 'n_subfilter'; did you mean 'n_subfilters'?"),
        ("dcrNumSubfilters: 3\n", "unknown knob 'dcrNumSubfilters'; did you mean 'n_subfilters'?"),
        ("n_subfilters: 0\n", "knob n_subfilters must be a whole number of at least 1"),
        ("- 3\n", "a config file must map knobs to values"),
        ("n_subfilters: [\n", "a config file must be YAML"),
        ("", "got nothing"),
    ],
)
def test_a_bad_configuration_names_the_file(warps, tmp_path, not_assembled, text, told):
    path = tmp_path / "knobs.yaml"
    path.write_text(text)
    tell(not_assembled(*warps, "--config", path), str(path), told)


def test_a_bad_lsst_override_names_the_file_and_the_line(warps, tmp_path, not_assembled):
    path = tmp_path / "overrides.py"
    path.write_text("config.dcrNumSubfilters = 3\nconfig.baseGain = -1\n")
    tell(
        not_assembled(*warps, "--config", path), f"{path}: line 2: config.baseGain = -1", "above 0"
    )


def test_a_missing_configuration(warps, tmp_path, not_assembled):
    line = not_assembled(*warps, "--config", tmp_path / "none.yaml")
    tell(line, f"{tmp_path}/none.yaml: a config file must be readable; got No such file")


def test_a_subregion_smaller_than_the_buffer(warps, not_assembled):
    line = not_assembled(*warps, "--set", "subregion_size=2,2")
    tell(line, "subregion_size must be at least the buffer", "3 x 3 pixels here; got 2 x 2")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("file,airmass\nother.fits,1.3\n", "warp_411305.fits: must have one row"),
        ("visit,airmass\n411305,1.2O\n", "row 1, column airmass: must be a number of 1 or more"),
        ("visit,airmass\n411305,0.9\n", "column airmass: must be a number of 1 or more; got '0.9'"),
        (
            "visit,zenith_deg\n411305,90\n",
            "column zenith_deg: must be a number of 0 or more, at mo",
        ),
        ("visit,parallactic_deg\n411305,north\n", "column parallactic_deg: must be a number"),
        ("visit,sky_rms\n411305,-2\n", "column sky_rms: must be a number above 0; got '-2'"),
        ("airmass\n1.3\n", "must have a column file, visit, exposure or id; got airmass"),
        ("", "must have a line of column names and rows; got no row"),
    ],
)
def test_a_bad_table(warps, tmp_path, not_assembled, text, told):
    path = tmp_path / "table.csv"
    path.write_text(text)
    tell(not_assembled(warps[0], "--table", path), str(path), told)


def test_a_table_that_is_no_text(warps, tmp_path, not_assembled):
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xff\xfe\x00\x81")
    tell(not_assembled(*warps, "--table", path), str(path), "must be a readable CSV file")


def test_a_missing_table(warps, tmp_path, not_assembled):
    line = not_assembled(*warps, "--table", tmp_path / "none.csv")
    tell(line, f"{tmp_path}/none.csv: must be a readable CSV file", "No such file")


def test_a_bad_table_beside_the_files(warps, tmp_path, not_assembled):
    path = tmp_path / "warps" / "visits.csv"
    path.write_text("visit,airmass\n411305,low\n")
    tell(not_assembled(warps[0]), str(path), "column airmass", "'low'")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "ra_deg,dec_deg\n150,2\n",
            "a bright object needs either a radius or a width and a height",
        ),
        ("ra_deg,dec_deg,radius_arcsec\n150,x,3\n", "column dec_deg: must be a number"),
    ],
)
def test_a_bad_catalogue(warps, tmp_path, not_assembled, text, told):
    path = tmp_path / "stars.csv"
    path.write_text(text)
    line = not_assembled(*warps, "--bright-objects", path, "--set", "mask_bright_objects=true")
    tell(line, str(path), told)


def test_a_missing_template(warps, tmp_path, not_assembled):
    line = not_assembled(*warps, "--template", tmp_path / "none.fits")
    tell(line, f"{tmp_path}/none.fits: must be a FITS file; got nothing there")


def test_a_template_of_another_size(warps, tmp_path, not_assembled, rewrite):
    path = tmp_path / "template.fits"

    def cut(hdus):
        for hdu in hdus[1:]:
            hdu.data = hdu.data[:40]

    shutil.copy(warps[0], path)
    rewrite(path, cut)
    line = not_assembled(*warps, "--template", path)
    tell(line, str(path), GRID, warps[0], "48 x 48 pixels", "got 40 x 48")


def test_a_template_elsewhere_on_the_sky(warps, tmp_path, not_assembled, rewrite):
    path = tmp_path / "template.fits"
    shutil.copy(warps[0], path)
    rewrite(path, lambda hdus: [hdu.header.update(CRVAL1=151.0) for hdu in hdus[1:]])
    tell(not_assembled(*warps, "--template", path), str(path), "WCS", GRID)


def test_a_template_without_a_variance(warps, tmp_path, not_assembled, rewrite):
    path = tmp_path / "template.fits"
    shutil.copy(warps[0], path)
    rewrite(path, lambda hdus: hdus.pop(3))
    line = not_assembled(*warps, "--template", path)
    tell(line, str(path), "a coadd to start from must have a variance; got none")


@pytest.mark.parametrize("option", ["--band", "--planes", "--template", "--config", "--table"])
def test_an_empty_value_is_that_of_a_variable_that_nobody_set(warps, not_assembled, option):
    tell(not_assembled(*warps, option, ""), f"{option} must not be empty; got ''")


def test_an_empty_path_is_not_the_folder_at_hand(not_assembled):
    tell(not_assembled(""), "PATH must not be empty; got ''")


@pytest.mark.parametrize("command", ["assemble", "sweep", "diagnose", "ablate", "explore"])
def test_each_command_that_fits_takes_a_solver_by_its_name(command, refused, warps, tmp_path):
    out = ("--out", tmp_path / "out") if command in ("assemble", "sweep") else ()
    grid = ("--grid", "n_subfilters=2,3") if command == "sweep" else ()
    said = refused(command, *warps, *out, *grid, "--solver", "magic")
    tell(said, "knob solver must be one of", "got 'magic'")
