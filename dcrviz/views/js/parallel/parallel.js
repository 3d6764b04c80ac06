// Parallel coordinates, lying: an axis below the other for each knob and score, a line for each run.
import { Axis } from "./axis.js";
import { dress, shape } from "./shapes.js";

const ROW = 46;
const TOP = 22;
const BELOW = 20;
const NARROWEST = 50;

class Parallel {
  constructor(model) {
    this.model = model;
    this.width = 280;
    this.axes = new Map();
    this.node = shape("svg", { role: "group", "aria-label": model.label });
    this.lines = shape("g", { class: "lines", "aria-hidden": "true" });
    this.rails = shape("g", {});
    this.node.append(this.lines, this.rails);
    this.show();
  }

  resize(width) {
    if (width < NARROWEST || width === this.width) return;
    this.width = width;
    this.show();
  }

  show() {
    const { axes } = this.model.plot;
    dress(this.node, { width: this.width, height: axes.length > 0 ? this.y(axes.length - 1) + BELOW : 0 });
    const keys = new Set(axes.map((axis) => axis.key));
    for (const [key, axis] of this.axes) {
      if (keys.has(key)) continue;
      axis.node.remove();
      this.axes.delete(key);
    }
    axes.forEach((axis, index) => {
      if (!this.axes.has(axis.key)) this.axes.set(axis.key, this.make(axis.key));
      this.axes.get(axis.key).show(axis, this.y(index), this.width);
    });
    this.showLines();
  }

  y(index) {
    return TOP + ROW * index;
  }

  make(key) {
    const axis = new Axis({
      drawn: () => this.showLines(),
      picked: (piece) => this.model.send_msg({ type: "brushed", axis: key, low: piece?.[0] ?? null, high: piece?.[1] ?? null }),
    });
    this.rails.append(axis.node);
    return axis;
  }

  // What is picked is told here at once, also while it is being drawn; the server's answer follows.
  showLines() {
    const axes = this.model.plot.axes.map(({ key }) => this.axes.get(key));
    const paths = this.model.plot.lines.map((line) => {
      const picked = axes.every((axis, index) => axis.holds(line.places[index]));
      const path = shape("path", { d: this.way(axes, line.places), "data-run": line.id });
      path.classList.toggle("out", !picked);
      path.classList.toggle("shown", line.colour !== "");
      path.style.stroke = line.colour;
      return { path, rank: (picked ? 1 : 0) + (line.colour ? 2 : 0) };
    });
    // Those that are looked at lie above the others.
    paths.sort((one, other) => one.rank - other.rank);
    this.lines.replaceChildren(...paths.map(({ path }) => path));
  }

  // Interrupted where a run has no such number.
  way(axes, places) {
    const steps = places.map((place, index) => {
      if (place === null) return "";
      const pen = index > 0 && places[index - 1] !== null ? "L" : "M";
      return `${pen}${axes[index].x(place).toFixed(1)} ${this.y(index)}`;
    });
    return steps.join("");
  }
}

export function render({ model }) {
  const parallel = new Parallel(model);
  model.on("plot", () => parallel.show());
  const box = document.createElement("div");
  box.className = "parallel";
  box.append(parallel.node);
  const watch = new ResizeObserver(() => parallel.resize(box.clientWidth));
  watch.observe(box);
  model.on("remove", () => watch.disconnect());
  return box;
}
