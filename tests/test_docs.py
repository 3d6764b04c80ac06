"""The site tells everything that there is: knobs, names, modules, commands, equations and views.

Whether it builds without a warning, loads nothing from elsewhere and has no dead link, `make docs`
asks of the site itself.
"""

import importlib
import json
import pkgutil
import re
import tomllib
from functools import cache
from pathlib import Path

import check_site
import differences
import gallery_page
import knob_table
import made
import pytest
import speed_table
from command_page import command_page
from difference_table import difference_table, scores_table
from docstrings import linked
from panel.viewable import Viewer

import dcrviz
import dcrviz.views
from dcrviz.cli import build_parser
from dcrviz.config import AssembleConfig
from dcrviz.run_log import history_record
from dcrviz.views.section import ProblemSection, Section
from dcrviz.views.series_section import SeriesSection

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ENTRIES = gallery_page.entries()
MOST_BYTES, MOST_BYTES_IN_ALL = 200_000, 3_000_000


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def found(name):
    """What has this full name."""
    module, _, last = name.rpartition(".")
    return getattr(importlib.import_module(module), last)


def view_classes():
    """Every class of the package that can be shown by itself."""
    modules = [
        importlib.import_module(f"dcrviz.views.{one.name}")
        for one in pkgutil.iter_modules(dcrviz.views.__path__)
    ]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Viewer)
        # Of these others are made.
        and value not in (Section, ProblemSection, SeriesSection)
        and value.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", AssembleConfig.knobs())
def test_every_knob_has_its_row_with_lsst_s_name_rule_and_sentence(name):
    knob = AssembleConfig.knobs()[name]
    anchor = knob_table.knob_anchor(name)
    lines = made.filled(page("reference/knobs.md")).splitlines()
    (row,) = (line for line in lines if f"#{anchor}}}" in line)
    said = row.replace("\\|", "|")
    assert f"[`{name}`]" in said
    assert knob.doc in said
    assert all(f"*{part}*" in said for part in re.split(r"(?<=\.)", knob.lsst) if part)
    assert knob.equation in said
    assert "eq-" in said or ".md" in said


def test_knobs_act_in_equations_that_there_are():
    equations = set(re.findall(r"\$\$ \((eq-[\w-]+)\)", page("explanation/method.md")))
    assert set(knob_table.EQUATIONS.values()) <= equations
    assert set(knob_table.EQUATIONS) <= set(AssembleConfig.knobs())


def test_every_equation_of_the_method_names_what_computes_it():
    parts = re.split(r"\$\$ \(eq-[\w-]+\)", page("explanation/method.md"))
    assert len(parts) > 20
    for after in parts[1:]:
        assert re.search(r"\{py:(func|class|meth|attr)\}`dcrviz", after.partition("$$")[0]), after


def test_every_public_name_is_in_the_reference():
    listed = re.findall(r"^   (\w+)$", page("reference/python.md"), flags=re.MULTILINE)
    assert sorted(listed) == list(dcrviz.__all__)


@pytest.mark.parametrize("package", ["physics", "engine", "diagnostics"])
def test_every_module_of_the_method_is_in_the_reference(package):
    listed = re.findall(r"^   (dcrviz[\w.]+)$", page("reference/modules.md"), flags=re.MULTILINE)
    there = {path.stem for path in (ROOT / "dcrviz" / package).glob("[a-z]*.py")}
    assert {f"dcrviz.{package}.{name}" for name in there} <= set(listed)


def test_every_command_is_told_with_every_option():
    text = command_page()
    for command in build_parser()._subparsers._group_actions[0].choices.values():
        assert f"## {command.prog}\n" in text
        section = text.partition(f"## {command.prog}\n")[2].partition("\n## ")[0]
        for action in command._actions:
            assert all(f"`{o}" in section for o in action.option_strings if action.dest != "help")


@pytest.mark.parametrize(
    ("modules", "pattern"),
    [
        (("io/visit_info", "io/position"), r'row\.(?:number|text)\("(\w+)"(?:, "(\w+)")?'),
        (("io/position", "io/site"), r'keys\.(?:number|angle)\("([A-Z-]+)"(?:, "([A-Z-]+)")?'),
        (("io/catalogue",), r'row\.number\("(\w+)"'),
        (("engine/outcome",), r"^    ([A-Z_]+) = "),
    ],
    ids=["columns", "header keys", "bright objects", "outcomes"],
)
def test_every_name_that_is_read_from_files_or_written_is_told(modules, pattern):
    source = "".join((ROOT / "dcrviz" / f"{name}.py").read_text() for name in modules)
    found = re.finditer(pattern, source, flags=re.MULTILINE)
    names = {name for match in found for name in match.groups() if name}
    assert len(names) > 3
    assert names - {"RUNNING"} <= told_words("reference/files.md")


def test_every_entry_of_the_history_is_told():
    problem = dcrviz.prepare(dcrviz.read_exposures(dcrviz.bundled("field")))
    record = history_record(problem, dcrviz.first_step(problem))
    entries = {*record, *record["visits"][0], *record["tiles"][0]}
    assert entries <= told_words("reference/files.md")


def told_words(name):
    return set(re.findall(r"[\w-]+", page(name)))


def test_what_docstrings_cite_becomes_a_link():
    assert linked("See ALGORITHM.md section 4.") == "See :ref:`method, section 4 <method-4>`."
    assert linked("As in docs/solvers.md") == "As in :doc:`/solvers`"
    assert "(method-4)=" in page("explanation/method.md")


def test_a_mark_that_nobody_makes_is_refused():
    assert made.filled("text\n") == "text\n"
    with pytest.raises(KeyError, match="nothing"):
        made.filled("<!-- made: nothing -->\n")


def test_every_difference_has_an_effect_that_was_measured():
    kept = {path.stem for path in (DOCS / "differences").glob("*.json")}
    assert kept == set(differences.MEASURED)
    rows = difference_table().splitlines()[2:]
    assert len(rows) == len(differences.MEASURED)
    assert all(re.search(r"\d", row.split("|")[3]) for row in rows)
    assert scores_table().count("as in 2019") == len(kept) - 2


def test_a_difference_is_measured_as_it_is_kept():
    for name in ("refraction", "on_divergence"):
        kept = json.loads((DOCS / "differences" / f"{name}.json").read_text())
        again = json.loads(json.dumps(differences.MEASURED[name]()))
        assert numbers(again) == pytest.approx(numbers(kept), rel=0.01)


def numbers(found):
    """All numbers of a nest of them, in order."""
    if isinstance(found, dict | list):
        parts = found.values() if isinstance(found, dict) else found
        return [number for part in parts for number in numbers(part)]
    return [found] if isinstance(found, int | float) else []


def test_the_performance_page_has_every_case_and_its_machine():
    kept = {path.stem for path in (DOCS / "performance").glob("*.json")}
    assert kept == set(speed_table.CASES)
    text = made.MAKERS["performance"]()
    assert text.count("\n| ") == len(kept) + 1
    assert "Measured on" in text


def test_a_case_of_the_performance_page_is_measured_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(speed_table, "CASES", {"small": "--size 64 --repeat 1 --inner 1"})
    assert speed_table.main(["--only", "small", "--results", str(tmp_path)]) == 0
    kept = json.loads((tmp_path / "small.json").read_text())
    assert kept["ratio"] > 0
    assert {"machine", "load", "seconds", "plain_seconds"} <= set(kept)


def test_every_view_of_the_package_is_in_the_gallery():
    shown = {entry.made_of for entry in ENTRIES}
    assert len(view_classes()) > 20
    assert view_classes() <= {found(name) for name in shown}


def test_every_entry_has_its_place_on_the_page_and_its_picture():
    placed = [name for names in gallery_page.PARTS.values() for name in names]
    assert sorted(placed) == [entry.name for entry in ENTRIES]
    assert {path.stem for path in gallery_page.GALLERY.glob("*.webp")} == set(placed)


def test_the_pictures_of_the_gallery_are_small():
    sizes = [entry.picture.stat().st_size for entry in ENTRIES]
    assert max(sizes) < MOST_BYTES
    assert sum(sizes) < MOST_BYTES_IN_ALL


@pytest.fixture(scope="module")
def read_once():
    """Most entries read the bundled field; none changes it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dcrviz, "read_exposures", cache(dcrviz.read_exposures))
        yield


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_code_of_the_gallery_makes_its_view(entry):
    view = entry.made()
    if isinstance(view, Viewer):
        assert type(view).__name__ == entry.made_of.rpartition(".")[2]
        view.__panel__()
    if hasattr(view, "close"):
        view.close()


def test_links_of_the_pages_in_the_repository_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *DOCS.glob("*.md")]
    faults = [fault for path in pages for fault in check_site.faults_of_text(path)]
    assert faults == []


def test_a_page_that_loads_from_elsewhere_or_links_into_nothing_is_found(tmp_path):
    (tmp_path / "index.html").write_text(
        '<p id="here"><a href="#here"></a><a href="#gone"></a><a href="gone.html"></a>'
        '<a href="https://dmtn-037.lsst.io"></a><a href="http:/x"></a>'
        '<script src="https://cdn.example.org/x.js"></script><img src="here.png"></p>'
    )
    (tmp_path / "style.css").write_text("@import 'https://fonts.example.org/a.css';")
    found = "\n".join(check_site.faults_of(tmp_path))
    assert len(found.splitlines()) == 5
    for words in ("#gone", "gone.html", "http:/x", "cdn.example.org", "fonts.example.org"):
        assert words in found
    assert check_site.main([str(tmp_path)]) == 1


def test_docs_are_built_and_checked_wherever_tests_run():
    (checks,) = re.findall(
        "^make --jobs .*", (ROOT / ".ci" / "run").read_text(), flags=re.MULTILINE
    )
    assert "docs" in checks.split()
    recipe = (ROOT / "Makefile").read_text().partition("\ndocs: ")[2].partition("\n\n")[0]
    assert "--fail-on-warning" in recipe
    assert "check_site.py build/docs" in recipe
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "docs" in extras["optional-dependencies"]
