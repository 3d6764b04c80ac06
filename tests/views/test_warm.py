"""What is compiled in the background is all that a run needs."""

import subprocess
import sys

from dcrviz.views import warm
from dcrviz.views.warm import warm_up_in_background

# In a process of its own, where no other test has compiled anything.
CODE = """
import importlib, pkgutil
from numba.core.dispatcher import Dispatcher
import dcrviz, dcrviz.kernels
from dcrviz.diagnostics.panels import Scene, images, rows_of
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures
from dcrviz.views.warm import warm_up_in_background

modules = [
    importlib.import_module(f"dcrviz.kernels.{module.name}")
    for module in pkgutil.iter_modules(dcrviz.kernels.__path__)
]
loops = {
    f"{loop.__module__}.{loop.__name__}": loop
    for module in modules
    for loop in vars(module).values()
    if isinstance(loop, Dispatcher)
}

def compiled():
    return {name: len(loop.signatures) for name, loop in loops.items()}

warm_up_in_background().join()
warm = compiled()
scene = random_scene(3, shape=(44, 52), n_stars=5, n_galaxies=1, n_quasars=0)
exposures = simulate_exposures(scene, read_conditions("hits2015")[:5], seed=1)
knobs = [{"solver": solver} for solver in dcrviz.AssembleConfig.param.solver.objects]
knobs += [one | {"wavelengths_per_subfilter": number} for one in knobs for number in (2, 8)]
knobs += [{"solver": "pcg", "positivity": True, "hold_to_template": True}]
knobs += [{"solver": "pcg", "weights": weights} for weights in ("2019", "inverse_variance")]
knobs += [{"find_artifacts": True}, {"statistic": "MEANCLIP"}]
knobs += [{"solver": "anderson", "interpolation_order": 1, "n_threads": 1}]
configs = [dcrviz.AssembleConfig(n_subfilters=4, max_iterations=1, **one) for one in knobs]
presets = [dcrviz.AssembleConfig.preset(name) for name in ("lsst-2019", "lsst-today")]
configs += presets + [preset.with_values(subregion_size=(26, 26)) for preset in presets]
for config in configs:
    problem = dcrviz.prepare(exposures, config.with_values(max_iterations=1))
    *_, last = dcrviz.assemble(problem)
    images(
        Scene(problem=problem, step=last),
        [panel for row in rows_of(problem) for panel in row.panels],
    )
    dcrviz.verdicts(problem, [last])
    more = {name for name, number in compiled().items() if number != warm[name]}
    assert not more, (config.changed(), more)
print(len(warm))
"""


def test_after_warming_up_no_solver_compiles_anything():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def test_a_process_warms_up_once():
    thread = warm_up_in_background()
    thread.join()
    assert warm_up_in_background() is thread


def test_what_the_first_click_needs_comes_first(monkeypatch):
    order = []
    real = warm.prepare

    def noted(exposures, config):
        order.append(config.solver)
        return real(exposures, config)

    monkeypatch.setattr(warm, "prepare", noted)
    warm.warm_up("pcg")
    assert order[:2] == ["pcg", "iterative"]
