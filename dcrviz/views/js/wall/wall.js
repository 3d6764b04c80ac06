// The wall: rows of panels that share one view of the field, painted from bytes that stay here.
import { valueOf } from "./colours.js";
import { Compare } from "./compare.js";
import { FrameStore, decodeFrame } from "./frames.js";
import { GROUPS, findLimits, firstLooks, lookControls } from "./looks.js";
import { clipped, drawArrow, drawCross, drawRings } from "./marks.js";
import { bestPainter } from "./painters.js";

const GAP = 6;
const SIDES = { least: 150, most: 300 };
// A pause after which exact values and sharper crops are asked for.
const REST_MS = 60;

class Wall {
  constructor(model, root) {
    this.model = model;
    this.looks = firstLooks();
    this.view = null;
    this.pixel = null;
    this.exact = null;
    this.crops = new Map();
    this.shown = "";
    this.panels = [];
    this.store = new FrameStore(model.budget, (ids) => this.send({ type: "dropped", ids }));
    this.compare = new Compare(() => this.later());
    this.build(root);
    this.painter = bestPainter(this.canvas, model.flat);
    this.canvas = this.painter.canvas;
    root.dataset.painter = this.painter.constructor.name;
    this.root = root;
    new ResizeObserver(() => this.arrange()).observe(root);
    this.arrangeRows();
    this.take();
  }

  send(message) {
    this.model.send_msg(message);
  }

  build(root) {
    const make = (name, kind = "div") => {
      const node = document.createElement(kind);
      node.className = name;
      return node;
    };
    this.bar = make("bar");
    this.canvas = make("pixels", "canvas");
    this.marks = make("marks", "canvas");
    this.rows = make("rows");
    this.readout = make("readout");
    this.readout.setAttribute("role", "note");
    this.stage = make("stage");
    this.stage.append(this.canvas, this.rows, this.marks);
    this.rows.append(this.compare.node);
    root.append(this.bar, this.stage, this.readout);
    this.listen(this.compare.box);
  }

  // Rows and their panels anew, as the problem has them.
  arrangeRows() {
    const layout = this.model.plan;
    for (const node of [...this.rows.children]) if (node !== this.compare.node) node.remove();
    this.bar.replaceChildren();
    this.panels = [];
    this.controls = [];
    if (!layout.rows) return;
    const visible = new Set(layout.visible);
    this.bar.append(this.chooser(layout, visible));
    const groups = new Set();
    for (const row of layout.rows.filter((one) => visible.has(one.name))) {
      // What is in colour already has no look to choose.
      if (row.scale !== "rgb") groups.add(row.scale);
      this.rows.append(this.row(row));
    }
    for (const group of groups) {
      const line = lookControls(group, this.looks, () => this.later(), (name) => this.inGroup(name));
      const label = document.createElement("span");
      label.className = "group";
      label.textContent = GROUPS[group];
      line.prepend(label);
      this.controls.push(line);
      this.bar.append(line);
    }
    const [height, width] = layout.field;
    if (!this.view || this.field?.join() !== layout.field.join())
      this.view = { x: 0, y: 0, width, height };
    this.field = layout.field;
    this.arrange();
  }

  chooser(layout, visible) {
    const box = document.createElement("details");
    box.className = "chooser";
    const summary = document.createElement("summary");
    summary.textContent = "Rows";
    box.append(summary);
    for (const row of layout.rows) {
      const label = document.createElement("label");
      const check = document.createElement("input");
      check.type = "checkbox";
      check.checked = visible.has(row.name);
      check.addEventListener("change", () => {
        if (check.checked) visible.add(row.name);
        else visible.delete(row.name);
        this.send({ type: "rows", names: [...visible] });
      });
      label.append(check, row.title);
      box.append(label);
    }
    box.open = this.chooserOpen ?? false;
    box.addEventListener("toggle", () => {
      this.chooserOpen = box.open;
    });
    return box;
  }

  row(row) {
    const section = document.createElement("section");
    section.setAttribute("aria-label", row.title);
    const heading = document.createElement("h3");
    heading.textContent = row.title;
    const line = document.createElement("div");
    line.className = "panels";
    for (const panel of row.panels) line.append(this.panel(row, panel));
    section.append(heading, line);
    return section;
  }

  panel(row, panel) {
    const node = document.createElement("figure");
    node.className = "panel";
    const caption = document.createElement("figcaption");
    const name = document.createElement("span");
    name.textContent = panel.title;
    const value = document.createElement("span");
    value.className = "value";
    const add = document.createElement("button");
    add.textContent = "+";
    add.title = "Compare: show large, beside or in turn with others";
    add.setAttribute("aria-label", `compare ${row.name} ${panel.title}`);
    const entry = { ...panel, row: row.name, scale: row.scale, value, box: null };
    add.addEventListener("click", () => this.compare.add(this.item(entry)));
    caption.append(name, value, add);
    const box = document.createElement("div");
    box.className = "box";
    box.dataset.key = panel.key;
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `${row.title}: ${panel.title}`);
    node.append(caption, box);
    entry.box = box;
    this.panels.push(entry);
    this.listen(box);
    return node;
  }

  item(entry) {
    const frame = this.store.get(this.shown);
    return {
      id: this.shown,
      key: entry.key,
      scale: entry.scale,
      title: `${entry.row.replace("_", " ")} ${entry.title}, ${frame?.label ?? ""}`,
    };
  }

  inGroup(group) {
    const frame = this.store.get(this.shown);
    const panels = frame ? this.panels.filter((one) => one.scale === group) : [];
    return panels.map((one) => frame.panels.get(one.key)).filter(Boolean);
  }

  // Sizes of boxes and canvases from the width that there is.
  arrange() {
    if (!this.field || !this.rows.clientWidth) return;
    const most = Math.max(3, ...this.model.plan.rows.map((row) => Math.min(row.panels.length, 8)));
    const wide = Math.floor((this.rows.clientWidth - (most - 1) * GAP) / most) - 2;
    const side = Math.max(SIDES.least, Math.min(this.model.side || SIDES.most, wide));
    const [height, width] = this.field;
    for (const panel of this.panels) {
      panel.box.style.width = `${side}px`;
      panel.box.style.height = `${Math.round((side * height) / width)}px`;
    }
    const large = Math.min(this.rows.clientWidth - 2 * GAP, 560);
    this.compare.box.style.width = `${large}px`;
    this.compare.box.style.height = `${Math.round((large * height) / width)}px`;
    const ratio = window.devicePixelRatio || 1;
    if (this.told !== `${side},${ratio}`) {
      this.told = `${side},${ratio}`;
      this.send({ type: "size", side: Math.round(side * ratio) });
    }
    this.later();
  }

  // A message with an iteration, or a piece of one in full sharpness.
  take() {
    const frame = decodeFrame(this.model.frame);
    if (!frame) return;
    if (frame.region) {
      this.crops.set(frame.id, frame);
      if (this.crops.size > 4) this.crops.delete(this.crops.keys().next().value);
    } else this.store.add(frame);
    this.arrived = frame.seq;
    this.show();
  }

  show() {
    if (this.store.get(this.model.shown)) this.shown = this.model.shown;
    for (const [group, look] of Object.entries(this.looks))
      if (!look.found && !look.locked) findLimits(look, group, this.inGroup(group));
    this.exact = null;
    this.ask();
    this.later();
  }

  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.paint();
    });
  }

  paint() {
    const ratio = window.devicePixelRatio || 1;
    const origin = this.stage.getBoundingClientRect();
    const [width, height] = [origin.width, origin.height].map((side) => Math.round(side * ratio));
    if (!width || !height) return;
    const dark = this.model.dark;
    this.painter.begin(width, height, dark ? [0.1, 0.11, 0.13] : [0.93, 0.94, 0.95]);
    Object.assign(this.marks, { width, height });
    const context = this.marks.getContext("2d");
    context.scale(ratio, ratio);
    const place = (node) => {
      const box = node.getBoundingClientRect();
      return { x: box.x - origin.x, y: box.y - origin.y, width: box.width, height: box.height };
    };
    for (const entry of this.panels) this.paintPanel(entry, this.shown, entry, place(entry.box), context);
    if (!this.compare.node.hidden) this.paintCompare(place(this.compare.box), context);
    this.tell();
    for (const line of this.controls ?? []) line.follow();
    Object.assign(this.root.dataset, { shown: this.shown, frames: this.store.frames.size });
    if (this.arrived !== undefined) {
      this.send({ type: "painted", seq: this.arrived });
      this.arrived = undefined;
    }
  }

  paintPanel(slot, id, entry, box, context, view = this.view) {
    const frame = this.store.get(id);
    const crop = this.crops.get(id);
    const sharp = crop && crop.panels.has(entry.key) && within(view, crop) ? crop : null;
    const source = sharp ?? frame;
    const panel = source?.panels.get(entry.key);
    if (!panel) return;
    const [x0, y0] = source.region ?? [0, 0];
    const part = {
      x: (view.x - x0) / source.bin,
      y: (view.y - y0) / source.bin,
      width: view.width / source.bin,
      height: view.height / source.bin,
    };
    const ratio = window.devicePixelRatio || 1;
    const device = Object.fromEntries(
      Object.entries(box).map(([name, value]) => [name, Math.round(value * ratio)]),
    );
    this.painter.paint(slot, device, source, panel, part, this.looks[entry.scale]);
    clipped(context, box, () => {
      drawRings(context, box, view, frame?.rings?.[entry.key]);
      drawArrow(context, box, entry.arrow);
      drawCross(context, box, view, this.pixel);
    });
  }

  paintCompare(box, context) {
    for (const { item, from, to } of this.compare.pieces()) {
      if (to <= from) continue;
      const piece = { ...box, x: box.x + from * box.width, width: (to - from) * box.width };
      const view = {
        ...this.view,
        x: this.view.x + from * this.view.width,
        width: (to - from) * this.view.width,
      };
      this.paintPanel(`compare ${from}`, item.id, item, piece, context, view);
    }
  }

  // Values under the crosshair: at once from the bytes, exactly when the server has told them.
  tell() {
    const frame = this.store.get(this.shown);
    const pixel = this.pixel;
    const exact = this.exact && pixel && this.exact.x === pixel.x && this.exact.y === pixel.y;
    for (const entry of this.panels) {
      let text = "";
      const panel = frame?.panels.get(entry.key);
      if (pixel && panel?.channels === 1) {
        const at = Math.floor(pixel.y / frame.bin) * frame.width + Math.floor(pixel.x / frame.bin);
        const value = exact ? this.exact.values[entry.key] : valueOf(panel, panel.pixels[at]);
        text = (exact ? "" : "~") + readable(value);
      } else if (pixel && panel && exact) {
        // Stretched colours say nothing of the flux: only the server's values do.
        const [red, green, blue] = (this.exact.values[entry.key] ?? [null, null, null]).map(readable);
        text = `R ${red}  G ${green}  B ${blue}`;
      }
      entry.value.textContent = text;
    }
    const place = pixel ? `x ${pixel.x}  y ${pixel.y}` : "Rest the pointer on a panel to read all of them.";
    this.readout.textContent = exact ? `${place}   ${this.exact.sky}` : place;
  }

  ask() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      if (this.pixel) this.send({ type: "probe", id: this.shown, ...this.pixel });
      const frame = this.store.get(this.shown);
      if (!frame || frame.bin === 1 || !this.panels.length) return;
      const side = this.panels[0].box.clientWidth * (window.devicePixelRatio || 1);
      const crop = this.crops.get(this.shown);
      if (this.view.width / frame.bin >= side || (crop && within(this.view, crop))) return;
      const { x, y, width, height } = this.view;
      this.send({ type: "crop", id: this.shown, x, y, width, height });
    }, REST_MS);
  }

  listen(box) {
    const at = (event) => {
      const edge = box.getBoundingClientRect();
      return {
        x: this.view.x + ((event.clientX - edge.x) / edge.width) * this.view.width,
        y: this.view.y + (1 - (event.clientY - edge.y) / edge.height) * this.view.height,
      };
    };
    const point = (event) => {
      const { x, y } = at(event);
      const [height, width] = this.field;
      const inside = x >= 0 && y >= 0 && x < width && y < height;
      this.pixel = inside ? { x: Math.floor(x), y: Math.floor(y) } : null;
      this.ask();
      this.later();
    };
    let held = null;
    box.addEventListener("pointerdown", (event) => {
      held = { ...at(event), moved: false };
      box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      if (!this.view) return;
      if (held) {
        const now = at(event);
        const far = Math.hypot(now.x - held.x, now.y - held.y) / this.view.width > 0.01;
        held.moved = held.moved || far;
        if (held.moved) {
          this.view = { ...this.view, x: this.view.x + held.x - now.x, y: this.view.y + held.y - now.y };
          this.ask();
        }
      }
      point(event);
    });
    box.addEventListener("pointerup", (event) => {
      if (held && !held.moved) this.send({ type: "click", ...at(event) });
      held = null;
    });
    box.addEventListener("pointerleave", () => {
      this.pixel = null;
      this.later();
    });
    box.addEventListener("dblclick", () => this.whole());
    box.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const fixed = at(event);
        const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300)));
        const [height, width] = this.field;
        const wide = Math.max(8, Math.min(width, this.view.width * factor));
        const scale = wide / this.view.width;
        this.view = {
          x: fixed.x - (fixed.x - this.view.x) * scale,
          y: fixed.y - (fixed.y - this.view.y) * scale,
          width: wide,
          height: (wide * height) / width,
        };
        if (wide === width) this.whole();
        point(event);
      },
      { passive: false },
    );
  }

  whole() {
    const [height, width] = this.field;
    this.view = { x: 0, y: 0, width, height };
    this.ask();
    this.later();
  }

  key(event) {
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = event.key;
    if (pressed === "b") this.compare.turn(1);
    else if (pressed === "B") this.compare.turn(-1);
    else if (pressed === "Escape") this.compare.close();
    else if (/^[1-9]$/.test(pressed)) {
      const planes = this.panels.filter((one) => one.row === "plane");
      const plane = planes[Number(pressed) - 1];
      if (plane) this.compare.only(this.item(plane));
    } else if ([" ", "ArrowLeft", "ArrowRight", "Home", "End", "?"].includes(pressed)) {
      if (pressed === " " && target instanceof HTMLElement && target.matches("button, summary")) return;
      this.send({ type: "key", key: pressed });
    } else return;
    event.preventDefault();
  }
}

function within(view, crop) {
  const [x0, y0] = crop.region;
  return (
    view.x >= x0 - 0.5 &&
    view.y >= y0 - 0.5 &&
    view.x + view.width <= x0 + crop.width * crop.bin + 0.5 &&
    view.y + view.height <= y0 + crop.height * crop.bin + 0.5
  );
}

function readable(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "none";
  const size = Math.abs(value);
  return size !== 0 && (size < 0.01 || size >= 1e5) ? value.toExponential(2) : value.toFixed(2);
}

export function render({ model }) {
  const root = document.createElement("div");
  root.className = "wall";
  const wall = new Wall(model, root);
  model.on("plan", () => wall.arrangeRows());
  model.on("frame", () => wall.take());
  model.on("shown", () => wall.show());
  model.on("dark", () => wall.later());
  model.on("side", () => wall.arrange());
  model.on("msg:custom", (message) => {
    if (message.type !== "exact") return;
    wall.exact = message;
    wall.later();
  });
  const key = (event) => wall.key(event);
  document.addEventListener("keydown", key);
  model.on("remove", () => document.removeEventListener("keydown", key));
  return root;
}
