"""A run with a timeline: the model object behind the explorer, and as usable in a script."""

from dcrviz.session.branches import Branch
from dcrviz.session.moments import Moment
from dcrviz.session.session import Session

__all__ = ["Branch", "Moment", "Session"]
