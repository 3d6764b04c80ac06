"""A run with a timeline: the model object behind the explorer, and as usable in a script."""

from dcrviz.session.branches import Branch
from dcrviz.session.session import Session
from dcrviz.session.timeline import Moment

__all__ = ["Branch", "Moment", "Session"]
