"""Every knob is a widget, and turning the widget turns the run."""

import panel as pn
import pytest

from dcrviz.bands import Band
from dcrviz.config import AssembleConfig
from dcrviz.config_rules import acts_in
from dcrviz.throughput import Throughput
from dcrviz.views.groups import KnobPanel
from dcrviz.views.knobs import KnobView, tooltip
from dcrviz.views.record_choice import AUTO, NONE

KNOBS = list(AssembleConfig.knobs())
CURVE = Throughput(name="my filter", wavelength_nm=(400, 480, 560), transmission=(0, 1, 0))
# What a knob holds before a person turns it, if its default leaves nothing else to choose.
BEFORE = {"throughput": CURVE}

# What a person sets each widget to, and the value that the knob then has.
TURNED = {
    "solver": ("pcg", "pcg"),
    "positivity": (True, True),
    "hold_to_template": (True, True),
    "tolerance": (0.001, 0.001),
    "n_subfilters": (4, 4),
    "band": ("decam-g", Band.decam("g")),
    "split_subfilters": (False, False),
    "wavelengths_per_subfilter": (6, 6),
    "throughput": (NONE, None),
    "slice_spectrum": ("flat", "flat"),
    "split_threshold": (0.2, 0.2),
    "interpolation_order": (1, 1),
    "subregion_mode": ("seamless", "seamless"),
    "subregion_size": ((30, 30), (30, 30)),
    "use_model_weights": (False, False),
    "model_weights_width": (2.0, 2.0),
    "convergence_planes": ("DETECTED, CR", ["DETECTED", "CR"]),
    "weights": ("2019", "2019"),
    "airmass_weight": (True, True),
    "visit_factors": ({"1": 0.5}, {"1": 0.5}),
    "bad_planes": ("BAD", ["BAD"]),
    "remove_planes": ("", []),
    "statistic": ("MEDIAN", "MEDIAN"),
    "sigma_clip": (2.0, 2.0),
    "clip_iterations": (3, 3),
    "error_from_variance": (False, False),
    "propagate_planes": ({"CR": 0.5}, {"CR": 0.5}),
    "find_artifacts": (True, True),
    "on_artifact": ("mark", "mark"),
    "fit_seeing": ("on", "on"),
    "model_fwhm": (3.0, 3.0),
    "seeing_exponent": (-0.2, -0.2),
    "refine_seeing": ("off", "off"),
    "seeing_model": ("moffat", "moffat"),
    "moffat_beta": (4.5, 4.5),
    "matched_fwhm": (5.0, 5.0),
    "static_clip": (3.5, 3.5),
    "static_clip_iterations": (2, 2),
    "scale_warp_variance": (False, False),
    "artifact_threshold": (6.0, 6.0),
    "artifact_pixels": (9, 9),
    "artifact_growth": (1.0, 1.0),
    "prefilter_artifacts": (False, False),
    "prefilter_planes": ("SAT, CR", ["SAT", "CR"]),
    "prefilter_ratio": (0.2, 0.2),
    "max_epochs": (3, 3),
    "max_epoch_fraction_low": (0.2, 0.2),
    "max_epoch_fraction_high": (0.1, 0.1),
    "spatial_threshold": (0.7, 0.7),
    "preserve_contained": (False, False),
    "mask_bright_objects": (True, True),
    "interpolate": (False, False),
    "count_images": (False, False),
    "max_iterations": (5, 5),
    "min_iterations": (2, 2),
    "convergence_threshold": (0.01, 0.01),
    "use_convergence": (False, False),
    "on_divergence": ("last", "last"),
    "metric_of_empty_visits": ("zero", "zero"),
    "base_gain": (0.3, 0.3),
    "use_progressive_gain": (False, False),
    "accelerate": (2.0, 2.0),
    "clamp_iterations": (1.1, 1.1),
    "clamp_subfilters": (5.0, 5.0),
    "clamp_width": (1, 1),
    "noise_estimator": ("std", "std"),
    "n_threads": (3, 3),
}


@pytest.fixture
def refused():
    return []


@pytest.fixture
def panel(session, refused):
    return KnobPanel(session.config, refused=refused.append)


@pytest.fixture
def config(name):
    """A configuration that no run has, with one knob to be turned."""
    return AssembleConfig(**{knob: value for knob, value in BEFORE.items() if knob == name})


@pytest.fixture
def view(config, refused, name):
    """This knob alone, which is all that a test of it needs."""
    return KnobView(config, name, refused=refused.append)


def turn(view, shown):
    view.auto.value = False
    view.widget.value = shown


def test_every_knob_has_a_widget(panel):
    assert list(dict.fromkeys([*KNOBS, *TURNED])) == KNOBS
    assert [panel.knobs[name].knob.name for name in KNOBS] == KNOBS


def test_a_view_is_made_once_when_it_is_asked_for(panel):
    assert not panel.knobs
    view = panel.knobs["base_gain"]
    assert panel.knobs["base_gain"] is view
    assert list(panel.knobs) == ["base_gain"]


def test_every_knob_is_under_one_heading(panel):
    cards = [part for part in panel.__panel__() if isinstance(part, pn.Card)]
    for card in cards:
        card.collapsed = False
    members = [view for (column,) in cards for view in column]
    assert len(members) == len(KNOBS)


@pytest.mark.parametrize("name", KNOBS)
def test_turning_the_widget_turns_the_knob_and_starts_anew_or_leaves_the_steps(
    session, refused, name
):
    if name in BEFORE:
        session.config.param.update(**{name: BEFORE[name]})
        session.start()
    session.step()
    shown, value = TURNED[name]
    turn(KnobView(session.config, name, refused=refused.append), shown)
    assert refused == []
    assert getattr(session.config, name) == value
    assert (len(session.moments) == 0) == (acts_in(name) == "prepare")


@pytest.mark.parametrize("name", ["accelerate", "clamp_iterations", "base_gain"])
def test_a_solver_knob_changes_the_next_step(panel, session, name):
    for _ in range(2):
        session.step()
    plain = session.current.planes
    session.show(0)
    turn(panel.knobs[name], TURNED[name][0])
    for _ in range(2):
        session.step()
    assert (session.current.planes != plain).any()


@pytest.mark.parametrize("name", KNOBS)
def test_the_widget_follows_the_configuration(view, config, name):
    shown, value = TURNED[name]
    config.param.update(**{name: value})
    assert view.widget.value == shown


@pytest.mark.parametrize("name", KNOBS)
def test_the_tooltip_says_what_unit_where_and_what_lsst_calls_it(name):
    knob = AssembleConfig.knobs()[name]
    text = tooltip(knob)
    assert knob.doc in text
    assert knob.lsst in text
    assert ("anew" in text) == (acts_in(name) == "prepare")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("subregion_size", (0, 5)), ("propagate_planes", {"SAT": 2}), ("n_subfilters", 50)],
)
def test_a_value_that_breaks_a_rule_is_refused_in_words_and_undone(
    panel, session, refused, name, shown
):
    before = getattr(session.config, name)
    panel.knobs[name].widget.value = shown
    assert getattr(session.config, name) == before
    assert panel.knobs[name].widget.value == before
    assert name.replace("_", " ") in refused[0]
    assert " must be " in refused[0]
    assert "; got " in refused[0]
    assert "AssembleConfig" not in refused[0]


def test_an_automatic_knob_shows_what_it_stands_for(panel, session):
    view = panel.knobs["base_gain"]
    assert view.auto.value
    assert view.widget.disabled
    assert view.widget.value == 0.5
    session.config.n_subfilters = 5
    assert view.widget.value == 0.25


def test_an_automatic_knob_that_the_visits_decide_on_shows_a_usual_value_until_it_is_turned(panel):
    view = panel.knobs["model_fwhm"]
    assert view.auto.value
    assert view.widget.disabled
    low, high = view.knob.softbounds
    assert low < view.widget.value < high


def test_switching_automatic_off_takes_the_shown_value(panel, session):
    panel.knobs["min_iterations"].auto.value = False
    assert session.config.min_iterations == 3


def test_an_idle_knob_is_grey_and_says_why(panel, session):
    session.config.use_model_weights = False
    view = panel.knobs["model_weights_width"]
    assert view.widget.disabled
    assert view._reason.visible
    assert "model weights are off" in view._reason.object
    session.config.use_model_weights = True
    assert not view.widget.disabled


@pytest.mark.parametrize("name", KNOBS)
def test_a_knob_that_is_not_at_its_default_says_so_and_goes_back(view, config, name):
    default = AssembleConfig.knobs()[name].default
    config.param.update(**{name: default})
    assert not view.mark.shown
    config.param.update(**{name: BEFORE.get(name, TURNED[name][1])})
    assert view.mark.shown
    view.mark.pressed += 1
    assert getattr(config, name) == default
    assert not view.mark.shown


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("clamp_iterations", "clamp iterations: changed from 2.0"),
        ("solver", "solver: changed from iterative (LSST's)"),
        ("use_convergence", "use convergence: changed from on"),
        ("base_gain", "base gain: changed from auto"),
        ("band", "band [nm]: changed from auto"),
        ("remove_planes", "remove planes: changed from NOT_DEBLENDED, EDGE"),
    ],
)
def test_a_mark_names_the_knob_and_its_default(view, words):
    assert view.mark.label.startswith(words)


def test_headings_count_the_changed_knobs_of_their_group(panel, session):
    def headings():
        return [part.header.title for part in panel.__panel__() if isinstance(part, pn.Card)]

    assert {"Gain", "Clamps", "Model"} <= set(headings())
    session.config.param.update(accelerate=2.0, clamp_width=1, clamp_iterations=0)
    shown = [part for part in panel.__panel__() if isinstance(part, pn.Card)]
    assert {"Gain (1 changed)", "Clamps (2 changed)", "Model"} <= {
        card.header.title for card in shown
    }
    session.config.accelerate = 3.0
    assert {"Gain", "Clamps (2 changed)"} <= {card.header.title for card in shown}


def test_all_knobs_are_reset_at_once(panel, session):
    session.config.param.update(accelerate=2.0, n_subfilters=4, remove_planes=[])
    panel.reset.clicks += 1
    assert session.config.changed() == {}
    assert panel.reset.disabled


def test_taking_hold_of_a_slider_begins_a_movement_and_other_widgets_begin_one_each(session):
    told = []
    panel = KnobPanel(session.config, refused=told.append, grasped=lambda: told.append("grasped"))
    slider = panel.knobs["accelerate"].widget
    slider.grasped += 1
    slider.value, slider.value = 4.0, 5.0
    assert told == ["grasped"]
    panel.knobs["n_subfilters"].widget.value = 4
    panel.knobs["solver"].widget.value = "direct"
    panel.knobs["accelerate"].mark.pressed += 1
    assert told == ["grasped"] * 4


def test_the_browser_is_told_when_a_value_of_a_slider_has_been_taken(panel, session):
    slider = panel.knobs["accelerate"].widget
    seen = []
    slider.param.watch(lambda _: seen.append(session.config.accelerate), "taken")
    slider.value = 4.0
    assert seen == [4.0]


def test_a_preset_sets_all_knobs_at_once(panel, session):
    panel.preset.value = "lsst-2019"
    panel.apply.clicks += 1
    assert session.config.values() == AssembleConfig.preset("lsst-2019").values()
    assert panel.knobs["weights"].widget.value == "2019"


def test_a_band_of_one_s_own_stays_selectable(refused):
    own = Band(name="mine", effective_nm=500, min_nm=450, max_nm=550)
    config = AssembleConfig(band=own)
    view = KnobView(config, "band", refused=refused.append)
    view.widget.value = AUTO
    assert config.band is None
    config.band = own
    view.widget.value = "mine"
    assert config.band == own


def test_a_throughput_is_shown_by_its_name_and_can_be_chosen_again(refused):
    config = AssembleConfig()
    view = KnobView(config, "throughput", refused=refused.append)
    assert view.widget.options == [NONE]
    config.throughput = CURVE
    assert (view.widget.value, view.widget.options) == ("my filter", [NONE, "my filter"])
    view.widget.value = NONE
    assert config.throughput is None
    view.widget.value = "my filter"
    assert config.throughput == CURVE
    assert refused == []


def test_panel_s_own_view_of_the_configuration_works_too(session):
    pane = pn.Param(session.config)
    assert set(KNOBS) <= set(pane._widgets)
    pane.get_root()
