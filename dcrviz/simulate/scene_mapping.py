"""Scenes as plain dictionaries of numbers and words, as a scene.yaml holds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from typing import Any

from dcrviz.bands import Band, band_names
from dcrviz.psf import Psf
from dcrviz.simulate.random_scene import random_scene
from dcrviz.simulate.scene import Scene, Source
from dcrviz.simulate.spectra import spectrum, spectrum_words
from dcrviz.suggest import unknown

_NUMBERS = ("pixel_scale_arcsec", "ra_deg", "dec_deg", "rotation_deg", "sky_variance", "gain")
_FIELDS = ("sources", "random", "band", "shape", "throughput", "psf", "mirrored", *_NUMBERS)
_RANDOM = ("seed", "n_stars", "n_galaxies", "n_quasars")
_BAND = ("name", "effective_nm", "min_nm", "max_nm")
_PSF = tuple(item.name for item in fields(Psf))
_SHAPE = (192, 192)


def scene_from_mapping(mapping: Mapping[str, Any]) -> Scene:
    """Scene from a dictionary.

    Parameters
    ----------
    mapping
        ``sources``, a list of dictionaries with the fields of `Source`; or ``random``, a dictionary
        with ``seed`` and numbers of sources, for `random_scene`; or both. ``band`` by name or by
        its wavelengths, ``shape`` as height and width, ``psf`` as a dictionary of the fields of
        `Psf`, and the other fields of `Scene`. Spectra and the throughput as `spectrum` reads them.

    Raises
    ------
    ValueError
        If a field is unknown or lacks, or has an impossible value.
    """
    _check_names("scene field", mapping, _FIELDS)
    shape = _shape(mapping.get("shape", _SHAPE))
    band = _band(mapping.get("band", "lsst-g"))
    drawn = _drawn(mapping["random"], band, shape) if "random" in mapping else ()
    given = tuple(_source(source) for source in mapping.get("sources", ()))
    throughput = mapping.get("throughput")
    return Scene(
        sources=drawn + given,
        band=band,
        shape=shape,
        mirrored=_flag("mirrored", mapping.get("mirrored", False)),
        throughput=None if throughput is None else spectrum(throughput),
        psf=_psf(mapping.get("psf", {})),
        **_floats({name: mapping[name] for name in _NUMBERS if name in mapping}),
    )


def scene_to_mapping(scene: Scene) -> dict[str, Any]:
    """Dictionary of built-in types from which `scene_from_mapping` makes the same scene."""
    band = {name: getattr(scene.band, name) for name in _BAND}
    is_named = scene.band.name in band_names() and Band.named(scene.band.name) == scene.band
    mapping = {
        "band": scene.band.name if is_named else band,
        "shape": list(scene.shape),
        "mirrored": scene.mirrored,
        **{name: float(getattr(scene, name)) for name in _NUMBERS},
        "psf": asdict(scene.psf),
        "sources": [_source_words(source) for source in scene.sources],
    }
    if scene.throughput is not None:
        mapping["throughput"] = spectrum_words(scene.throughput)
    return mapping


def _flag(name: str, given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError(f"{name} of a scene must be true or false; got {given!r}")
    return given


def _shape(given: Collection[Any]) -> tuple[int, int]:
    if len(given) != 2:
        raise ValueError(f"shape of a scene must be height and width; got {given}")
    height, width = given
    return int(height), int(width)


def _band(given: str | Mapping[str, Any]) -> Band:
    if isinstance(given, str):
        return Band.named(given)
    if set(given) != set(_BAND):
        raise ValueError(f"band must have {', '.join(_BAND)}; got {', '.join(map(str, given))}")
    numbers = _floats({name: value for name, value in given.items() if name != "name"})
    return Band(name=str(given["name"]), **numbers)


def _psf(given: Mapping[str, Any]) -> Psf:
    _check_names("field of a psf", given, _PSF)
    numbers = _floats({name: value for name, value in given.items() if name != "profile"})
    return Psf(profile=given.get("profile", Psf().profile), **numbers)


def _drawn(given: Mapping[str, Any], band: Band, shape: tuple[int, int]) -> tuple[Source, ...]:
    _check_names("field of a random scene", given, _RANDOM)
    if "seed" not in given:
        raise ValueError(f"random scene must have a seed; got {dict(given)}")
    numbers = {name: int(value) for name, value in _floats(given).items()}
    seed = numbers.pop("seed")
    return random_scene(seed, shape=shape, band=band, **numbers).sources


def _source(given: Mapping[str, Any]) -> Source:
    _check_names("source field", given, [item.name for item in fields(Source)])
    lacking = [name for name in ("x", "y", "flux", "spectrum") if name not in given]
    if lacking:
        raise ValueError(f"source must have {', '.join(lacking)}; got {dict(given)}")
    numbers = _floats({name: value for name, value in given.items() if name != "spectrum"})
    return Source(spectrum=spectrum(given["spectrum"]), **numbers)


def _source_words(source: Source) -> dict[str, Any]:
    names = ["x", "y", "flux"]
    if source.kind == "galaxy":
        names += ["half_light_radius_px", "axis_ratio", "angle_deg"]
    numbers = {name: float(getattr(source, name)) for name in names}
    return numbers | {"spectrum": spectrum_words(source.spectrum)}


def _floats(given: Mapping[str, Any]) -> dict[str, float]:
    numbers = {}
    for name, value in given.items():
        try:
            numbers[name] = float(value)
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be a number; got {value!r}") from None
    return numbers


def _check_names(kind: str, given: Mapping[str, Any], known: Collection[str]) -> None:
    for name in given:
        if name not in known:
            raise ValueError(unknown(kind, str(name), list(known)))
