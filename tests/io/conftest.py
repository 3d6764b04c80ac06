"""Small files of each layout, made on the fly."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.io import fits
from lsst_keys import PLANES, SKY, VISIT

SHAPE = (6, 8)


def header(keys):
    made = fits.Header()
    for key, value in keys.items():
        made[key if len(key) <= 8 and " " not in key else f"HIERARCH {key}"] = value
    return made


def pixels_of(seed=1, shape=SHAPE):
    rng = np.random.default_rng(seed)
    return SimpleNamespace(
        image=rng.normal(10, 3, shape).astype(np.float32),
        mask=(rng.random(shape) < 0.3).astype(np.int32) << PLANES["DETECTED"],
        variance=rng.uniform(1, 2, shape).astype(np.float32),
    )


@pytest.fixture
def pixels():
    """Image, mask and variance of the small files."""
    return pixels_of()


@pytest.fixture
def visit_keys():
    """Header keys of a complete LSST visit."""
    return dict(VISIT)


@pytest.fixture
def sky_keys():
    """Header keys of a WCS."""
    return dict(SKY)


@pytest.fixture
def lsst_file(tmp_path):
    """Writes an LSST Exposure: `visit` and `grid` keys, one dict of keys for each plane."""

    def write(name="warp.fits", *, visit=VISIT, grid=SKY, labels=("EXTTYPE", "EXTNAME"), **options):
        planes = pixels_of(options.get("seed", 1))
        mask_type = options.get("mask_type", np.int32)
        arrays = {
            "IMAGE": planes.image,
            "MASK": planes.mask.astype(mask_type),
            "VARIANCE": planes.variance,
        }
        hdus = [fits.PrimaryHDU(header=header(visit))]
        for role, array in arrays.items():
            keys = header({"INHERIT": True, **grid})
            if options.get("compressed"):
                hdu = fits.CompImageHDU(
                    array, keys, compression_type="GZIP_2", quantize_level=0.0, tile_shape=(4, 4)
                )
            else:
                hdu = fits.ImageHDU(array, keys)
            for label in labels:
                hdu.header[label] = role
            hdus.append(hdu)
        hdus[2].header.update(header({f"MP_{plane}": bit for plane, bit in PLANES.items()}))
        path = tmp_path / name
        fits.HDUList(hdus).writeto(path)
        return path

    return write


@pytest.fixture
def plain_file(tmp_path):
    """Writes a file with one image in its primary HDU."""

    def write(name="plain.fits", *, keys=SKY, image=None):
        path = tmp_path / name
        fits.PrimaryHDU(pixels_of().image if image is None else image, header(keys)).writeto(path)
        return path

    return write
