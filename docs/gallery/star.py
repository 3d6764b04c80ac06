"""One star, to drag.

Turn airmass, parallactic angle, colour and seeing, and see where each wavelength lands and how far
the image is smeared. It needs no visits.
"""

from dcrviz.views import StarView

view = StarView(airmass=1.9, temperature_k=4200)
