// How each group of panels is shown: stretch, limits and colours, which hold for all its panels.
import { valueOf } from "./colours.js";
import { quantile } from "./frames.js";
import { LookLine } from "./look_line.js";

function firstLooks() {
  return {
    flux: { stretch: "asinh", low: 0, high: 1, colours: "cividis", locked: false, found: false },
    sigma: { stretch: "linear", low: -12, high: 12, colours: "blue to red", locked: true, found: true },
    fraction: { stretch: "linear", low: 0, high: 1, colours: "cividis", locked: true, found: true },
    count: { stretch: "linear", low: 0, high: 1, colours: "viridis", locked: false, found: false },
    sign: { stretch: "linear", low: -1, high: 1, colours: "blue to red", locked: true, found: true },
  };
}

// Limits that show faint and bright pixels of these panels alike.
function findLimits(look, group, panels) {
  if (panels.length === 0) return;
  const at = (part) => panels.map((panel) => valueOf(panel, quantile(panel, part)));
  if (group === "sigma") Object.assign(look, { low: -12, high: 12 });
  else if (group === "sign") Object.assign(look, { low: -1, high: 1 });
  else if (group === "fraction") Object.assign(look, { low: 0, high: 1 });
  else if (group === "count") Object.assign(look, { low: 0, high: Math.max(1, ...at(1)) });
  else Object.assign(look, { low: Math.min(...at(0.02)), high: Math.max(...at(0.999)) });
  if (!(look.high > look.low)) look.high = look.low + 1;
  look.found = true;
}

// The looks of all groups, with a line of controls for each group that is on the wall.
export class Looks {
  constructor(panelsOf, changed) {
    this.panelsOf = panelsOf;
    this.changed = changed;
    this.known = firstLooks();
    this.shown = [];
  }

  of(group) {
    return this.known[group];
  }

  // Other visits have other limits, but where a person has locked them.
  take(visits) {
    if (visits === this.visits) return;
    this.visits = visits;
    for (const look of Object.values(this.known)) look.found = look.locked;
  }

  // Limits for the groups that have none yet, from the pixels on show if they are of these visits.
  findMissing(frame) {
    if (frame?.visits !== this.visits) return;
    for (const [group, look] of Object.entries(this.known))
      if (!look.found && !look.locked) findLimits(look, group, this.panelsOf(group));
  }

  // Lines for the groups of these panels; what is in colour already has no look to choose.
  lines(panels) {
    const groups = new Set(panels.map((panel) => panel.scale).filter((scale) => scale in this.known));
    this.shown = [...groups].map((group) => this.line(group));
    return this.shown.map((line) => line.node);
  }

  line(group) {
    const look = this.known[group];
    const find = () => findLimits(look, group, this.panelsOf(group));
    return new LookLine(group, { look, findLimits: find, changed: this.changed });
  }

  // The controls show what holds now.
  follow() {
    for (const line of this.shown) line.follow();
  }
}
