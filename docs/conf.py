"""How the site is made of these pages: `make docs` builds it into build/docs, without a network."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent / "benchmarks")]

import dcrviz  # noqa: E402 - the path comes first

project = "dcrviz"
author = "The dcrviz developers"
copyright = "the dcrviz developers, BSD 3-Clause"
version = release = dcrviz.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
    "sphinx_design",
    "sphinx_copybutton",
    "formulas",
    "house",
    "made",
    "docstrings",
]
exclude_patterns = ["_ext", "**/.ipynb_checkpoints", "gallery"]
default_role = "house"
nitpicky = True
# What other libraries document elsewhere: there is no network to look it up in.
nitpick_ignore_regex = [
    ("py:.*", r"(astropy|bokeh|holoviews|hv|np|numpy|panel|param|pn|scipy)\..*"),
    ("py:.*", r"(argparse|collections|concurrent|logging|os|pathlib|threading|typing)\..*"),
    # Types of inner parts, which nobody makes who calls what is described here.
    ("py:class", r"dcrviz\.(kernels|scratch|worker)\..*"),
    ("py:class", r"dcrviz\.(sweep|warp|views)\.\w+\..*"),
    ("py:class", r"dcrviz\.\w+\.\w+\.(_\w+|Array)"),
    # Beside WCS, which astropy alone brings, the types of a signature go by their short names.
    ("py:class", r"(WCS|NDArray|Plane|Cube|Floats|Bools|Bits|tuple\[str)"),
]
suppress_warnings = ["ref.python"]

myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
# A notebook shows its code; the tests run it.
nb_execution_mode = "off"

autosummary_generate = True
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

templates_path = ["_templates"]
html_theme = "pydata_sphinx_theme"
html_title = "dcrviz"
html_static_path = ["_static"]
html_css_files = ["house.css"]
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {"text": "dcrviz"},
    "navbar_align": "left",
    "show_prev_next": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
