// A line of controls for the look of one group of panels.
import { DIVERGING, SEQUENTIAL, STRETCHES } from "./colours.js";

const GROUPS = {
  flux: "flux",
  sigma: "sigma",
  fraction: "fraction",
  count: "count",
  sign: "clamped",
};

export class LookLine {
  constructor(group, { look, findLimits, changed }) {
    this.group = group;
    this.look = look;
    this.changed = changed;
    this.findLimits = findLimits;
    this.node = document.createElement("div");
    this.node.className = "look";
    const label = document.createElement("span");
    label.className = "group";
    label.textContent = GROUPS[group];
    this.node.append(label);
    this.stretch = this.choice("stretch", Object.keys(STRETCHES));
    this.low = this.limit("low");
    this.high = this.limit("high");
    this.colours = this.choice("colours", ["sigma", "sign"].includes(group) ? DIVERGING : SEQUENTIAL);
    this.find();
    this.lock = this.locked();
    this.follow();
  }

  named(element, name) {
    element.setAttribute("aria-label", `${this.group}: ${name}`);
    element.title = `${name} of all panels in ${this.group}`;
    this.node.append(element);
    return element;
  }

  choice(name, options) {
    const select = this.named(document.createElement("select"), name);
    for (const option of options) select.add(new Option(option, option));
    select.addEventListener("change", () => {
      this.look[name] = select.value;
      this.changed();
    });
    return select;
  }

  limit(name) {
    const input = this.named(document.createElement("input"), name);
    input.type = "number";
    input.step = "any";
    input.addEventListener("change", () => {
      const value = Number(input.value);
      if (input.value !== "" && Number.isFinite(value)) this.look[name] = value;
      this.look.locked = true;
      this.changed();
    });
    return input;
  }

  find() {
    const find = this.named(document.createElement("button"), "find limits");
    find.textContent = "auto";
    find.addEventListener("click", () => {
      this.findLimits();
      this.look.locked = false;
      this.changed();
    });
  }

  locked() {
    const lock = this.named(document.createElement("input"), "lock limits");
    lock.type = "checkbox";
    lock.addEventListener("change", () => {
      this.look.locked = lock.checked;
      this.changed();
    });
    this.node.append("lock");
    return lock;
  }

  // Setting what is set already would lay the page out anew.
  follow() {
    const { look } = this;
    const now = [look.stretch, look.colours, look.low, look.high, look.locked].join();
    if (now === this.followed) return;
    this.followed = now;
    this.stretch.value = look.stretch;
    this.colours.value = look.colours;
    this.lock.checked = look.locked;
    for (const [input, value] of [[this.low, look.low], [this.high, look.high]])
      if (document.activeElement !== input) input.value = Number(value.toPrecision(4));
  }
}
