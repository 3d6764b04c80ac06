"""``python -m dcrviz.cli``."""

from dcrviz.cli import command

command()
