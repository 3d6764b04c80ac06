"""What README says can be done, is done."""

import re
from pathlib import Path

# Of the field that a command makes, as all others are made of it.
SMALL = ("--size", "96")
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_it_can_be_read_in_one_sitting():
    assert len(README.splitlines()) <= 120


def test_the_python_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})
    assert (tmp_path / "out" / "dcrCoadd_2.fits").is_file()
    assert "Maximum reached" in capsys.readouterr().out


def test_the_commands_run_one_after_another(tmp_path, monkeypatch):
    from dcrviz.cli import main

    monkeypatch.chdir(tmp_path)
    # What README takes from an archive, made here: visits with more beside them in their folder.
    assert main(["simulate", "night", "--seed", "5", *SMALL, "--quiet"]) == 0
    commands = [
        line.split("#")[0].split()[1:]
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("dcrviz ") and not line.startswith("dcrviz explore")
    ]
    assert len(commands) == 9
    for command in commands:
        globbed = [
            str(name)
            for word in command
            for name in (sorted(Path().glob(word)) if "*" in word else [word])
        ]
        small = SMALL if "simulate" in command else ()
        assert main([*globbed, *small, "--quiet"]) == 0
    assert (tmp_path / "template.fits").is_file()
    assert (tmp_path / "coadds" / "dcrCoadd_2.fits").is_file()


def test_every_page_it_links_to_exists():
    root = Path(__file__).parents[1]
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (root / target).is_file(), target
