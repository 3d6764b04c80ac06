"""A plain reading of the iteration with `scipy.ndimage`: the oracle of the kernels, and the clock.

Per iteration exactly 5 V N shifts (template 2, back 1, metric 2), 2 N + 1 Gaussians, 4 N openings.
Float32 in and out; the shifts are computed once, outside.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage


@dataclass
class Plain:
    """The iteration on one field as a single tile, with weights of 0 and 1.

    Parameters
    ----------
    images, usable, detected
        (V, Y, X).
    midpoint, split
        Shifts (V, N, 2) and (V, N, 2, 2).
    template, omega
        (Y, X).
    background
        (Y, X) flags.
    stack_weight
        (N, Y, X).
    """

    images: np.ndarray
    usable: np.ndarray
    detected: np.ndarray
    midpoint: np.ndarray
    split: np.ndarray
    template: np.ndarray
    omega: np.ndarray
    background: np.ndarray
    stack_weight: np.ndarray
    order: int = 3
    accelerate: float = 3.0
    buffer_px: int = 3
    calls: Counter = field(default_factory=Counter)

    def shift(self, image, shift_px):
        """One call of `ndimage.shift`, counted."""
        self.calls["shift"] += 1
        return shift_image(image, shift_px, order=self.order)

    def smooth(self, image, width_px, mode):
        """One call of `ndimage.gaussian_filter`, counted."""
        self.calls["gaussian_filter"] += 1
        return smooth(image, width_px, mode=mode)

    def open(self, flags):
        """One call of `ndimage.binary_opening`, counted."""
        self.calls["binary_opening"] += 1
        return open_flags(flags, 2)

    def matched_template(self, planes, visit):
        """Sum of the amplified planes, each the mean of its two shifts."""
        reference = planes.mean(axis=0)
        total = np.zeros_like(reference)
        for plane, shifts in zip(planes, self.split[visit], strict=True):
            amplified = reference + np.float32(self.accelerate) * (plane - reference)
            total += (self.shift(amplified, shifts[0]) + self.shift(amplified, shifts[1])) / 2
        return total

    def correction(self, planes):
        """Stacked, back-shifted residuals."""
        total = np.zeros_like(planes)
        for visit, image in enumerate(self.images):
            residual = (image - self.matched_template(planes, visit)) * self.usable[visit]
            for subfilter, shift_px in enumerate(self.midpoint[visit]):
                total[subfilter] += self.shift(residual, -shift_px)
        return total * self.stack_weight

    def metric(self, planes):
        """Mean misfit of the visits."""
        margin = self.buffer_px
        inner = np.s_[margin:-margin, margin:-margin]
        noise = planes[1][inner][self.background[inner]].std()
        importance = np.abs(planes.mean(axis=0)) + np.float32(3 * noise)
        values = []
        for visit, image in enumerate(self.images):
            template = self.matched_template(planes, visit)
            counted = self.usable[visit] & self.detected[visit]
            difference = (np.abs(image - template) * importance)[counted].sum(dtype=float)
            level = (np.abs(image + template) * importance / 2)[counted].sum(dtype=float)
            values.append(difference / level)
        return float(np.mean(values))

    def iterate(self, planes, gain):
        """New planes and their metric."""
        new = planes + self.correction(planes)
        new = np.where(np.isfinite(new), new, planes)
        for plane, old in zip(new, planes, strict=True):
            self.clamp(plane, high=2 * np.abs(old), low=old / 2)
        self.clamp_spectrum(new, planes.mean(axis=0))
        new = (np.float32(gain) * new + planes) / np.float32(1 + gain)
        new = new * self.omega + (1 - self.omega) * self.template / np.float32(len(planes))
        return new, self.metric(new)

    def clamp(self, plane, *, high, low):
        """Clip where whole patches are beyond a limit."""
        too_high = self.open(plane > high)
        plane[too_high] = high[too_high]
        too_low = self.open(plane < low)
        plane[too_low] = low[too_low]

    def clamp_spectrum(self, new, reference):
        """Limit the differences between the planes."""
        reference = np.where(reference > 0, reference, np.float32(0))
        inner = np.s_[5:-5, 5:-5]
        noise = new[0][inner][self.background[inner]].std() / 4
        level = self.smooth(reference, 2, "constant") + np.float32(3 * noise)
        for plane in new:
            self.clamp(plane, high=level * 2, low=level / 2)
            ratio = (self.smooth(plane, 2, "constant") + np.float32(3 * noise)) / level
            ratio += 3 * (ratio - self.smooth(ratio, 2 / 3, "reflect"))
            plane[...] = ratio * reference


def shift_image(image, shift_px, *, order):
    """`ndimage.shift` as the algorithm defines a shift."""
    return ndimage.shift(image, shift_px, order=order, mode="constant", cval=0.0)


def smooth(image, width_px, *, mode):
    """`ndimage.gaussian_filter`, cut at four standard deviations; a copy for a width of 0."""
    if width_px == 0:
        return image.copy()
    return ndimage.gaussian_filter(image, width_px, mode=mode, truncate=4.0)


def open_flags(flags, radius_px):
    """`ndimage.binary_opening` with the diamond of this radius."""
    if radius_px == 0:
        return flags
    cross = ndimage.generate_binary_structure(2, 1)
    return ndimage.binary_opening(flags, ndimage.iterate_structure(cross, radius_px))


def grow_flags(flags, radius_px):
    """Pixels within a distance of a flagged one."""
    if not flags.any():
        return flags
    return ndimage.distance_transform_edt(~flags) <= radius_px
