// Paints the boxes of the wall on two canvases that lie under and over them: pixels and marks.
import { element } from "./elements.js";
import { clipped, drawArrow, drawCross, drawRings } from "./marks.js";
import { bestPainter } from "./painters.js";

const GROUND = { dark: [0.1, 0.11, 0.13], light: [0.93, 0.94, 0.95] };

export class Drawing {
  constructor(rows, painter) {
    this.stage = element("div", "stage");
    this.marks = element("canvas", "marks");
    this.marks.ariaHidden = "true";
    const canvas = element("canvas", "pixels");
    // The boxes of the panels tell what is on it.
    canvas.ariaHidden = "true";
    this.stage.append(canvas, rows, this.marks);
    this.painter = bestPainter(canvas, painter);
    this.context = this.marks.getContext("2d");
    this.slots = new Set();
  }

  // Begins a picture of the whole stage; false where there is no room for one.
  begin(dark) {
    this.ratio = window.devicePixelRatio || 1;
    this.origin = this.stage.getBoundingClientRect();
    const [width, height] = [this.origin.width, this.origin.height].map((side) => Math.round(side * this.ratio));
    if (!width || !height) return false;
    this.slots.clear();
    this.painter.begin(width, height, dark ? GROUND.dark : GROUND.light);
    if (this.marks.width !== width || this.marks.height !== height) Object.assign(this.marks, { width, height });
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, this.origin.width, this.origin.height);
    return true;
  }

  // Lets go of the pixels of places that are on the stage no more.
  end() {
    this.painter.keepOnly(this.slots);
  }

  place(node) {
    const box = node.getBoundingClientRect();
    return { x: box.x - this.origin.x, y: box.y - this.origin.y, width: box.width, height: box.height };
  }

  // One panel in a box: `source` is a frame or a piece of one, `rings` and `arrow` lie over it.
  panel(slot, box, { source, key, view, look, rings, arrow, pixel }) {
    const panel = source?.panels.get(key);
    if (!panel) return;
    this.slots.add(slot);
    const [x0, y0] = source.region ?? [0, 0];
    const part = {
      x: (view.x - x0) / source.bin,
      y: (view.y - y0) / source.bin,
      width: view.width / source.bin,
      height: view.height / source.bin,
    };
    const device = Object.fromEntries(
      Object.entries(box).map(([name, value]) => [name, Math.round(value * this.ratio)]),
    );
    this.painter.paint(slot, device, source, panel, part, look);
    clipped(this.context, box, () => {
      drawRings(this.context, box, view, rings);
      drawArrow(this.context, box, arrow);
      drawCross(this.context, box, view, pixel);
    });
  }
}
