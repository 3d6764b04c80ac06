"""What the headers of a small LSST Exposure say."""

# Not LSST's usual numbers, so that a reader that goes by number fails.
PLANES = {"SAT": 0, "BAD": 3, "DETECTED": 7, "NO_DATA": 9}
SKY = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRPIX1": 4.5,
    "CRPIX2": 3.5,
    "CRVAL1": 150.12,
    "CRVAL2": 2.21,
    "CUNIT1": "deg",
    "CUNIT2": "deg",
    "CD1_1": -5.5e-5,
    "CD1_2": 1e-6,
    "CD2_1": 2e-6,
    "CD2_2": 5.5e-5,
}
VISIT = {
    "IDNUM": 411021,
    "INSTRUMENT": "simCam",
    "FILTER": "g",
    "EXPTIME": 86.0,
    "DATE-AVG": "2015-02-17T07:05:23.795",
    "AVG-ERA": 280.0,
    "BORE-RA": 150.12,
    "BORE-DEC": 2.21,
    "BORE-ALT": 45.0,
    "BORE-AIRMASS": 1.41,
    "OBS-LONG": -70.806525,
    "OBS-LAT": -30.169661,
    "OBS-ELEV": 2241.0,
    "AIRTEMP": 10.0,
    "AIRPRESS": 78000.0,
    "HUMIDITY": 40.7,
    "FWHM": 3.5,
}
