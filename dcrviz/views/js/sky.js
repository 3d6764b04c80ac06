// Visits on the sky: the direction to the zenith, as far out as light is refracted.

const SVG = "http://www.w3.org/2000/svg";
const HALF = 150;
const REACH = 128;

function shape(name, attributes, text = "") {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

class Sky {
  constructor(model) {
    this.model = model;
    this.marks = new Map();
    this.node = shape("svg", {
      viewBox: `${-HALF} ${-HALF} ${2 * HALF} ${2 * HALF}`,
      role: "group",
      "aria-label": model.label,
    });
    this.rings = shape("g", { class: "rings", "aria-hidden": "true" });
    this.dots = shape("g", { class: "dots" });
    this.node.append(this.rings, this.dots);
    this.show();
  }

  show() {
    const { rings, marks } = this.model;
    const scale = REACH / Math.max(1e-3, ...rings.map((ring) => ring.radius), ...marks.map((mark) => mark.radius));
    this.drawRings(rings, scale);
    const ids = new Set(marks.map((mark) => mark.id));
    for (const [id, dot] of this.marks) {
      if (ids.has(id)) continue;
      dot.remove();
      this.marks.delete(id);
    }
    for (const mark of marks) this.draw(mark, scale);
  }

  drawRings(rings, scale) {
    this.rings.replaceChildren(
      shape("line", { x1: 0, x2: 0, y1: -REACH, y2: REACH }),
      shape("line", { x1: -REACH, x2: REACH, y1: 0, y2: 0 }),
      shape("text", { x: 0, y: -REACH - 6, class: "way" }, "N"),
      shape("text", { x: -REACH - 9, y: 4, class: "way" }, "E"),
    );
    for (const { radius, label } of rings) {
      this.rings.append(
        shape("circle", { r: radius * scale }),
        shape("text", { x: radius * scale - 3, y: -3, class: "ring" }, label),
      );
    }
  }

  draw(mark, scale) {
    if (!this.marks.has(mark.id)) this.marks.set(mark.id, this.dot(mark.id));
    const dot = this.marks.get(mark.id);
    const angle = (mark.angle * Math.PI) / 180;
    // North is up and east is left, as on the sky.
    dot.setAttribute("cx", -mark.radius * scale * Math.sin(angle));
    dot.setAttribute("cy", -mark.radius * scale * Math.cos(angle));
    dot.setAttribute("r", mark.size);
    dot.setAttribute("class", mark.look);
    dot.setAttribute("aria-label", mark.label);
    dot.setAttribute("aria-pressed", String(mark.look.includes("chosen")));
    dot.querySelector("title").textContent = mark.label;
  }

  dot(id) {
    const dot = shape("circle", { role: "button", tabindex: 0, "data-row": id });
    dot.append(shape("title", {}));
    const choose = () => this.model.send_msg({ type: "chosen", row: id });
    dot.addEventListener("click", choose);
    dot.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      choose();
    });
    dot.addEventListener("pointerenter", () => this.model.send_msg({ type: "hovered", row: id }));
    dot.addEventListener("pointerleave", () => this.model.send_msg({ type: "hovered", row: "" }));
    this.dots.append(dot);
    return dot;
  }
}

export function render({ model }) {
  const sky = new Sky(model);
  for (const name of ["marks", "rings"]) model.on(name, () => sky.show());
  return sky.node;
}
