"""What can do the same as an ``lsst.afw.image.ExposureF``, where that can't be installed.

Only what is documented of it: https://pipelines.lsst.io, modules lsst.afw.image, lsst.afw.geom and
lsst.geom.
"""

import math
from datetime import UTC, datetime
from types import SimpleNamespace


class Angle:
    def __init__(self, degrees):
        self._degrees = degrees

    def asDegrees(self):  # noqa: N802 - as it is there
        return self._degrees


class SkyWcs:
    isFits = True  # noqa: N815

    def __init__(self, keys):
        self._keys = keys

    def getFitsMetadata(self, precise):  # noqa: N802
        assert precise
        return giving(toDict=dict(self._keys))


def place(longitude, latitude, **others):
    getters = {"getLongitude": Angle(longitude), "getLatitude": Angle(latitude), **others}
    return giving(**getters)


def giving(**values):
    """An object whose methods give these values."""
    return SimpleNamespace(**{name: lambda value=value: value for name, value in values.items()})


def visit_info(header):
    """What a VisitInfo tells that was read from such a header of an LSST file."""
    date = datetime.fromisoformat(header["DATE-AVG"]).replace(tzinfo=UTC)
    return SimpleNamespace(
        id=header["IDNUM"],
        **vars(
            giving(
                getExposureTime=header["EXPTIME"],
                getDate=giving(isValid=True, toPython=date),
                getEra=Angle(header["AVG-ERA"]),
                getBoresightRaDec=place(header["BORE-RA"], header["BORE-DEC"]),
                getBoresightAzAlt=place(math.nan, header["BORE-ALT"]),
                getBoresightAirmass=header["BORE-AIRMASS"],
                getObservatory=place(
                    header["OBS-LONG"], header["OBS-LAT"], getElevation=header["OBS-ELEV"]
                ),
                getWeather=giving(
                    getAirTemperature=header["AIRTEMP"],
                    getAirPressure=header["AIRPRESS"],
                    getHumidity=header["HUMIDITY"],
                ),
                getInstrumentLabel=header["INSTRUMENT"],
            )
        ),
    )


def exposure_f(pixels, planes, *, xy0=(0, 0), sky=None, info=None, star=None):
    """An exposure; `sky` are the keys of its WCS on the parent grid."""
    psf = SimpleNamespace(
        getAveragePosition=lambda: "middle",
        computeKernelImage=lambda where: {"middle": SimpleNamespace(array=star)}[where],
    )
    label = SimpleNamespace(
        bandLabel="g",
        physicalLabel="g DECam SDSS c0001 4720.0 1520.0",
        hasPhysicalLabel=lambda: True,
    )
    return SimpleNamespace(
        image=SimpleNamespace(array=pixels.image),
        mask=SimpleNamespace(array=pixels.mask, getMaskPlaneDict=lambda: dict(planes)),
        variance=SimpleNamespace(array=pixels.variance),
        **vars(
            giving(
                getXY0=xy0,
                getWcs=SkyWcs(sky) if sky else None,
                getPsf=None if star is None else psf,
                getInfo=giving(getVisitInfo=info),
                getFilter=label,
            )
        ),
    )
