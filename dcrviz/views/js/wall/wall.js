// The wall: rows of panels that share one view of the field, painted from bytes that stay here.
import { Bar } from "./bar.js";
import { Compare } from "./compare.js";
import { Crops } from "./crops.js";
import { Drawing } from "./drawing.js";
import { element } from "./elements.js";
import { FrameStore } from "./frames.js";
import { listenToKeys } from "./keys.js";
import { Looks } from "./looks.js";
import { listen } from "./pointer.js";
import { Server, decodeFrame } from "./protocol.js";
import { Readout } from "./readout.js";
import { Rows } from "./rows.js";
import { listenToScrubbing } from "./scrub.js";
import { View } from "./view.js";

// A pause after which exact values and sharper pieces are asked for.
const REST_MS = 60;

class Wall {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.server = new Server(model);
    this.store = new FrameStore(model.budget, (ids) => this.server.dropped(ids));
    this.crops = new Crops();
    this.view = new View();
    this.looks = new Looks((group) => this.inGroup(group), () => this.later());
    this.compare = new Compare(() => this.later());
    this.bar = new Bar(model, (names) => this.server.rows(names));
    this.rows = new Rows({
      added: (box) => listen(box, this.view, this),
      compared: (panel) => this.compare.add(this.item(panel)),
    });
    this.readout = new Readout();
    this.drawing = new Drawing(this.rows.node, model.painter);
    root.append(this.bar.node, this.drawing.stage, this.readout.node);
    root.dataset.painter = this.drawing.painter.constructor.name;
    // The iteration on show, and one that a slider asked for while it is not held here.
    this.shown = "";
    this.missing = false;
    this.scrubbing = false;
    listen(this.compare.box, this.view, this);
    new ResizeObserver(() => this.fit()).observe(root);
    this.arrange();
    this.take();
  }

  // Rows and their panels anew, as the problem has them.
  arrange() {
    const { plan } = this.model;
    if (!plan.rows) return;
    this.rows.arrange(plan, this.compare.node);
    this.looks.take(plan.visits);
    this.looks.findMissing(this.store.get(this.shown));
    this.bar.arrange(plan, this.looks.lines(this.rows.panels));
    this.view.fit(plan.field);
    this.fit();
  }

  // The server is told for which size it makes the pictures.
  fit() {
    const { field } = this.view;
    const side = field && this.rows.fit(field, this.model.side, this.compare.room(this.bar.node));
    if (!side) return;
    const sharp = Math.round(side * (window.devicePixelRatio || 1));
    if (this.sharp !== sharp) this.server.size(sharp);
    this.sharp = sharp;
    this.later();
  }

  // A message with an iteration, or a piece of one in full sharpness.
  take() {
    const frame = decodeFrame(this.model.frame);
    if (!frame) return;
    if (frame.region) this.crops.add(frame);
    else this.store.add(frame, [this.shown, ...this.compare.items.map((item) => item.id)]);
    this.arrived = frame.seq;
    this.show();
  }

  // What the server says is on show, unless a person's hand is at the slider.
  show() {
    if (!this.scrubbing && this.store.get(this.model.shown)) this.turnTo(this.model.shown);
    else this.later();
  }

  turnTo(id) {
    this.shown = id;
    this.missing = false;
    this.looks.findMissing(this.store.get(id));
    this.ask();
    this.later();
  }

  scrubbed(place) {
    this.scrubbing = true;
    const id = this.timeline[place];
    if (this.store.get(id)) this.turnTo(id);
    else this.missing = true;
    this.later();
  }

  // Names of the iterations of the run on show.
  get timeline() {
    return this.model.timeline.split(" ").filter(Boolean);
  }

  rested() {
    this.scrubbing = false;
  }

  item(panel) {
    const label = this.store.get(this.shown)?.label ?? "";
    const title = `${panel.row.replace("_", " ")} ${panel.title}, ${label}`;
    return { id: this.shown, key: panel.key, scale: panel.scale, title };
  }

  // Panels of the iteration on show that share their look.
  inGroup(group) {
    const frame = this.store.get(this.shown);
    const panels = frame ? this.rows.panels.filter((one) => one.scale === group) : [];
    return panels.map((one) => frame.panels.get(one.key)).filter(Boolean);
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
    const { drawing, rows, compare, store } = this;
    if (!drawing.begin(this.model.dark)) return;
    for (const panel of rows.panels)
      this.paintPanel(panel.key, drawing.place(panel.box), panel, this.shown, this.view);
    if (!compare.node.hidden) this.paintCompare(drawing.place(compare.box));
    drawing.end();
    this.readout.show(rows.panels, store.get(this.shown));
    this.readout.tellMemory(store, this.timeline, this.missing);
    this.looks.follow();
    const { frames, bytes } = store;
    const sharp = this.crops.over(this.shown, this.view) !== null;
    Object.assign(this.root.dataset, { shown: this.shown, frames: frames.size, bytes, sharp });
    if (this.arrived !== undefined) this.server.painted(this.arrived);
    this.arrived = undefined;
  }

  paintPanel(slot, box, panel, id, view) {
    const frame = this.store.get(id);
    const sharp = this.crops.over(id, view);
    this.drawing.panel(slot, box, {
      source: sharp?.panels.has(panel.key) ? sharp : frame,
      key: panel.key,
      view,
      look: this.looks.of(panel.scale),
      rings: frame?.rings?.[panel.key],
      arrow: panel.arrow,
      pixel: this.readout.pixel,
    });
  }

  paintCompare(box) {
    for (const [place, { item, from, to }] of this.compare.pieces().entries()) {
      if (to <= from) continue;
      const piece = { ...box, x: box.x + from * box.width, width: (to - from) * box.width };
      this.paintPanel(`compare ${place}`, piece, item, item.id, this.view.piece(from, to));
    }
  }

  // After a moment of rest, what only the server knows of what is on show.
  ask() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      const { readout, view } = this;
      if (readout.lacks(this.shown)) this.server.probe(this.shown, readout.pixel);
      if (this.coarse() && !this.crops.over(this.shown, view)) this.server.crop(this.shown, view);
    }, REST_MS);
  }

  // Whether the screen could show more of this part of the field than was sent.
  coarse() {
    const frame = this.store.get(this.shown);
    if (!frame || frame.bin === 1 || this.rows.panels.length === 0) return false;
    const side = this.rows.panels[0].box.clientWidth * (window.devicePixelRatio || 1);
    return this.view.width / frame.bin < side;
  }

  // What the pointer and the keys have done.
  pointed(pixel) {
    this.readout.pixel = pixel;
    this.ask();
    this.later();
  }

  moved() {
    this.ask();
    this.later();
  }

  clicked(place) {
    this.server.click(place);
  }

  turn(by) {
    this.compare.turn(by);
  }

  close() {
    this.compare.close();
  }

  plane(number) {
    const plane = this.rows.panels.filter((one) => one.row === "plane")[number - 1];
    if (plane) this.compare.only(this.item(plane));
  }

  // What the server tells: a place to look at, panels to compare, or the exact values of a pixel.
  told(message) {
    if (message.type === "look") {
      this.pointed(this.view.closely(message));
      this.rows.bring(message.key);
    }
    if (message.type === "compare") this.compare.bring(message.items, this.bar.node);
    if (message.type !== "exact") return;
    this.readout.take(message);
    this.later();
  }
}

export function render({ model }) {
  const root = element("div", "wall");
  const wall = new Wall(model, root);
  model.on("plan", () => wall.arrange());
  model.on("frame", () => wall.take());
  model.on("shown", () => wall.show());
  model.on("dark", () => wall.later());
  model.on("timeline", () => wall.later());
  model.on("side", () => wall.fit());
  model.on("stale", () => wall.bar.tell());
  model.on("msg:custom", (message) => wall.told(message));
  const stops = [listenToKeys(model, root, wall), listenToScrubbing(model, wall)];
  model.on("remove", () => {
    for (const stop of stops) stop();
  });
  return root;
}
