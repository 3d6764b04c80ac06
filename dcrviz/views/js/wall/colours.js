// Colour maps that all kinds of colour vision tell apart, as tables of 256 RGBA colours.
const ANCHORS = {
  cividis: ["#00224e", "#1a386f", "#434e6c", "#61656f", "#7d7c78", "#9b9476", "#bcae6c", "#dfcb59", "#fee838"],
  viridis: ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"],
  grey: ["#000000", "#ffffff"],
  "grey, dark on light": ["#ffffff", "#000000"],
  "blue to red": ["#053061", "#2f79b5", "#94c4de", "#f7f7f7", "#f5a886", "#c53e3d", "#67001f"],
  "purple to orange": ["#2d004b", "#7b67a5", "#c9c7df", "#f7f7f7", "#fdc786", "#cc6d0c", "#7f3b08"],
};

export const SEQUENTIAL = ["cividis", "viridis", "grey", "grey, dark on light"];
export const DIVERGING = ["blue to red", "purple to orange", "grey"];

function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

export function colourTable(name) {
  const anchors = ANCHORS[name].map(channels);
  const table = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (anchors.length - 1);
    const below = Math.min(Math.floor(place), anchors.length - 2);
    const part = place - below;
    for (let c = 0; c < 3; c++)
      table[4 * i + c] = Math.round(anchors[below][c] * (1 - part) + anchors[below + 1][c] * part);
    table[4 * i + 3] = 255;
  }
  return table;
}

// Where a value lies between the limits, 0 to 1, under each stretch.
export const STRETCHES = {
  linear: (t) => t,
  "square root": (t) => Math.sqrt(t),
  asinh: (t) => Math.asinh(t * 100) / Math.asinh(100),
  logarithm: (t) => Math.log1p(t * 1000) / Math.log1p(1000),
};

// The colour of each of the 256 bytes of a panel: one look-up per pixel is all that is left.
export function byteColours(panel, look) {
  const table = colourTable(look.colours);
  const stretch = STRETCHES[look.stretch];
  const out = new Uint8Array(256 * 4);
  out.set([119, 119, 119, 255], 0);
  for (let byte = 1; byte < 256; byte++) {
    const t = (valueOf(panel, byte) - look.low) / (look.high - look.low || 1);
    const at = Math.round(255 * stretch(Math.min(Math.max(t, 0), 1)));
    out.set(table.subarray(4 * at, 4 * at + 4), 4 * byte);
  }
  return out;
}

// The value that a byte stands for; not a number where there is none.
export function valueOf(panel, byte) {
  if (byte === 0) return NaN;
  const level = panel.low + ((byte - 1) * (panel.high - panel.low)) / 254;
  return panel.unit * (panel.curved ? Math.sinh(level) : level);
}
