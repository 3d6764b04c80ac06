// Tables of colours that are made anew only when the look of their group has changed.
import { byteColours } from "./colours.js";

export class Tables {
  constructor() {
    this.known = new Map();
  }

  of(panel, look) {
    const name = [panel.unit, panel.low, panel.high, panel.curved, look.low, look.high].join();
    const key = `${name},${look.stretch},${look.colours}`;
    if (!this.known.has(key)) {
      if (this.known.size > 64) this.known.clear();
      this.known.set(key, byteColours(panel, look));
    }
    return this.known.get(key);
  }
}
