// How each group of panels is shown: stretch, limits and colours, which hold for all its panels.
import { DIVERGING, SEQUENTIAL, STRETCHES, valueOf } from "./colours.js";
import { quantile } from "./frames.js";

export const GROUPS = {
  flux: "flux",
  sigma: "sigma",
  fraction: "fraction",
  count: "count",
  sign: "clamped",
};

export function firstLooks() {
  return {
    flux: { stretch: "asinh", low: 0, high: 1, colours: "cividis", locked: false, found: false },
    sigma: { stretch: "linear", low: -12, high: 12, colours: "blue to red", locked: true, found: true },
    fraction: { stretch: "linear", low: 0, high: 1, colours: "cividis", locked: true, found: true },
    count: { stretch: "linear", low: 0, high: 1, colours: "viridis", locked: false, found: false },
    sign: { stretch: "linear", low: -1, high: 1, colours: "blue to red", locked: true, found: true },
  };
}

// Limits that show faint and bright pixels of these panels alike.
export function findLimits(look, group, panels) {
  if (!panels.length) return;
  const at = (part) => panels.map((panel) => valueOf(panel, quantile(panel, part)));
  if (group === "sigma") Object.assign(look, { low: -12, high: 12 });
  else if (group === "sign") Object.assign(look, { low: -1, high: 1 });
  else if (group === "fraction") Object.assign(look, { low: 0, high: 1 });
  else if (group === "count") Object.assign(look, { low: 0, high: Math.max(1, ...at(1)) });
  else Object.assign(look, { low: Math.min(...at(0.02)), high: Math.max(...at(0.999)) });
  if (!(look.high > look.low)) look.high = look.low + 1;
  look.found = true;
}

// A line of controls for one group.
export function lookControls(group, looks, changed, panelsOf) {
  const look = looks[group];
  const line = document.createElement("div");
  line.className = "look";
  const named = (element, name) => {
    element.setAttribute("aria-label", `${group}: ${name}`);
    element.title = `${name} of all panels in ${group}`;
    line.append(element);
    return element;
  };
  const choice = (name, options) => {
    const select = named(document.createElement("select"), name);
    for (const option of options) select.add(new Option(option, option));
    select.addEventListener("change", () => {
      look[name] = select.value;
      changed();
    });
    return select;
  };
  const limit = (name) => {
    const input = named(document.createElement("input"), name);
    input.type = "number";
    input.step = "any";
    input.addEventListener("change", () => {
      if (input.value !== "" && Number.isFinite(Number(input.value))) look[name] = Number(input.value);
      look.locked = true;
      changed();
    });
    return input;
  };
  const stretch = choice("stretch", Object.keys(STRETCHES));
  const low = limit("low");
  const high = limit("high");
  const colours = choice("colours", ["sigma", "sign"].includes(group) ? DIVERGING : SEQUENTIAL);
  const find = named(document.createElement("button"), "find limits");
  find.textContent = "auto";
  find.addEventListener("click", () => {
    findLimits(look, group, panelsOf(group));
    look.locked = false;
    changed();
  });
  const lock = named(document.createElement("input"), "lock limits");
  lock.type = "checkbox";
  lock.addEventListener("change", () => {
    look.locked = lock.checked;
    changed();
  });
  const word = document.createElement("span");
  word.textContent = "lock";
  line.append(word);
  line.follow = () => {
    stretch.value = look.stretch;
    colours.value = look.colours;
    for (const [input, value] of [[low, look.low], [high, look.high]])
      if (document.activeElement !== input) input.value = Number(value.toPrecision(4));
    lock.checked = look.locked;
  };
  line.follow();
  return line;
}
