// Paints bytes through a table of colours on a plain canvas, where there is no WebGL2.
import { Tables } from "./tables.js";

export class FlatPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.tables = new Tables();
    this.sheets = new Map();
  }

  begin(width, height, background) {
    Object.assign(this.canvas, { width, height });
    this.background = `rgb(${background.map((part) => Math.round(255 * part)).join()})`;
    this.context.imageSmoothingEnabled = false;
  }

  // The whole image in its colours: painted anew when its bytes or their colours are others.
  sheetOf(slot, panel, frame, look) {
    const sheet = this.sheets.get(slot) ?? { canvas: document.createElement("canvas") };
    this.sheets.set(slot, sheet);
    const table = panel.channels === 3 ? null : this.tables.of(panel, look);
    if (sheet.pixels === panel.pixels && sheet.table === table) return sheet.canvas;
    Object.assign(sheet, { pixels: panel.pixels, table });
    const { width, height } = frame;
    Object.assign(sheet.canvas, { width, height });
    const context = sheet.canvas.getContext("2d");
    const image = context.createImageData(width, height);
    fill(new Uint32Array(image.data.buffer), { width, height }, colourAt(panel.pixels, table));
    context.putImageData(image, 0, 0);
    return sheet.canvas;
  }

  keepOnly(slots) {
    for (const slot of this.sheets.keys()) if (!slots.has(slot)) this.sheets.delete(slot);
  }

  paint(slot, box, frame, panel, view, look) {
    const sheet = this.sheetOf(slot, panel, frame, look);
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.fillStyle = this.background;
    context.fillRect(box.x, box.y, box.width, box.height);
    const scale = box.width / view.width;
    const top = frame.height - view.y - view.height;
    context.drawImage(
      sheet, box.x - view.x * scale, box.y - top * scale, frame.width * scale, frame.height * scale,
    );
    context.restore();
  }
}

// Row 0 of an image is its lowest, of a canvas its highest.
function fill(target, { width, height }, colour) {
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) target[(height - 1 - y) * width + x] = colour(y * width + x);
}

// The colour of a pixel by its number: from a table, or as it is where there is none.
function colourAt(pixels, table) {
  if (table === null)
    return (at) => 0xff000000 | (pixels[3 * at + 2] << 16) | (pixels[3 * at + 1] << 8) | pixels[3 * at];
  const colours = new Uint32Array(table.buffer);
  return (at) => colours[pixels[at]];
}
