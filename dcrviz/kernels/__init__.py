"""The inner loops on pixels."""

from dcrviz.kernels.plain import grow_flags, open_flags, shift_image, smooth

__all__ = ["grow_flags", "open_flags", "shift_image", "smooth"]
