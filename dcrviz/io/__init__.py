"""FITS, tables and configurations in and out."""

from dcrviz.io.atomic import AtomicFiles, atomic_write, make_directory
from dcrviz.io.catalogue import read_catalogue
from dcrviz.io.coadd_reader import read_coadds
from dcrviz.io.coadd_writer import write_coadds
from dcrviz.io.read import coadd_of, read_exposure, read_exposures, read_start
from dcrviz.io.throughput import read_throughput
from dcrviz.io.visit_writer import visit_header
from dcrviz.io.write import write_exposure, write_template

__all__ = [
    "AtomicFiles",
    "atomic_write",
    "coadd_of",
    "make_directory",
    "read_catalogue",
    "read_coadds",
    "read_exposure",
    "read_exposures",
    "read_start",
    "read_throughput",
    "visit_header",
    "write_coadds",
    "write_exposure",
    "write_template",
]
