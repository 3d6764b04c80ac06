"""What a step can be exported as: planes, residuals and matched templates in flux."""

from __future__ import annotations

from dcrviz.diagnostics.panels import Panel, Scene, flux_residuals, images
from dcrviz.engine import Problem, Step
from dcrviz.records import Plane

PRODUCTS = ("planes", "residuals", "templates")


def product_images(problem: Problem, step: Step, product: str) -> dict[str, Plane]:
    """The images of a product by name, (Y, X) each.

    Parameters
    ----------
    product
        ``planes`` as they become coadds, ``PLANE0`` and so on; ``templates``, what the model
        predicts for each visit, ``VISIT_<id>``; ``residuals``, image minus template, NaN where the
        visit has no usable pixel.

    Raises
    ------
    ValueError
        If there is no such product.
    """
    if product not in PRODUCTS:
        raise ValueError(f"product must be one of {', '.join(PRODUCTS)}; got {product!r}")
    scene = Scene(problem=problem, step=step)
    if product == "residuals":
        visits = range(len(problem.visits))
        residuals = zip(visits, flux_residuals(scene, visits), strict=True)
        return {_name(problem, visit): residual for visit, residual in residuals}
    row = "plane" if product == "planes" else "template"
    number = problem.n_subfilters if product == "planes" else len(problem.visits)
    panels = [Panel(row, index, "") for index in range(number)]
    made = images(scene, panels)
    if product == "planes":
        return {f"PLANE{panel.index}": made[panel.key] for panel in panels}
    return {_name(problem, panel.index): made[panel.key] for panel in panels}


def _name(problem: Problem, visit: int) -> str:
    return f"VISIT_{problem.visits[visit].id}"
