"""The inner loops on pixels, compiled by numba when they are first called."""

from dcrviz.kernels.flags import grow_flags, grow_labels, open_flags
from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.shift import shift_image

__all__ = ["grow_flags", "grow_labels", "open_flags", "shift_image", "smooth"]
