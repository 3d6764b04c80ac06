// The values of the pixel under the pointer: at once from the bytes, then exactly from the server.
import { valueOf } from "./colours.js";
import { element, write } from "./elements.js";

const HINT = "Rest the pointer on a panel to read all of them.";
const MB = 1e6;

export class Readout {
  constructor() {
    this.node = element("div", "readout");
    this.place = element("span", "");
    this.place.setAttribute("role", "note");
    this.memory = element("span", "memory");
    this.node.append(this.place, this.memory);
    this.pixel = null;
    this.exact = null;
  }

  // What the server told of a pixel of an iteration.
  take(exact) {
    this.exact = exact;
  }

  // Whether the exact values of what is pointed at are still to come.
  lacks(id) {
    return this.pixel !== null && !this.knows(id);
  }

  knows(id) {
    const { exact, pixel } = this;
    return exact !== null && pixel !== null && exact.id === id && exact.x === pixel.x && exact.y === pixel.y;
  }

  show(panels, frame) {
    const exact = frame && this.knows(frame.id) ? this.exact : null;
    for (const entry of panels) write(entry.value, this.value(entry, frame, exact));
    const place = this.pixel ? `x ${this.pixel.x}  y ${this.pixel.y}` : HINT;
    write(this.place, exact ? `${place}   ${exact.sky}` : place);
  }

  value(entry, frame, exact) {
    const panel = frame?.panels.get(entry.key);
    if (!this.pixel || !panel) return "";
    const known = exact?.values[entry.key];
    // Stretched colours say nothing of the flux: only the server's values do.
    if (panel.channels !== 1) return known ? colours(known) : "";
    return known === undefined ? `~${readable(this.byte(panel, frame))}` : readable(known);
  }

  // The value of the byte at the pixel.
  byte(panel, frame) {
    const [x, y] = [this.pixel.x, this.pixel.y].map((at) => Math.floor(at / frame.bin));
    return valueOf(panel, panel.pixels[y * frame.width + x]);
  }

  // A sign that iterations were let go of: how many of the run on show are still here.
  tellMemory(store, timeline, missing) {
    const held = timeline.filter((id) => store.get(id)).length;
    const kept = `${held} of ${timeline.length} iterations are kept in this browser`;
    const room = `${Math.round(store.bytes / MB)} of ${Math.round(store.budget / MB)} MB`;
    const sign = store.thinned ? `${kept} (${room}); the others are sent again when shown.` : "";
    write(this.memory, missing ? `This iteration is being sent again. ${sign}` : sign);
  }
}

function colours(fluxes) {
  const [red, green, blue] = fluxes.map((flux) => readable(flux));
  return `R ${red}  G ${green}  B ${blue}`;
}

function readable(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "none";
  const size = Math.abs(value);
  return size !== 0 && (size < 0.01 || size >= 1e5) ? value.toExponential(2) : value.toFixed(2);
}
