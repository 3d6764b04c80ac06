// Iterations that the browser holds: bytes of every panel, found by the iteration's name.

// How much of the budget is left when there was no room any more.
const LEFT = 0.75;

export class FrameStore {
  constructor(budget, dropped) {
    this.budget = budget;
    this.dropped = dropped;
    this.frames = new Map();
    this.bytes = 0;
    this.thinned = false;
  }

  get(id) {
    return this.frames.get(id);
  }

  // Panels of an iteration that is held already are added to it; the kept ones stay in any case.
  add(frame, kept) {
    const held = this.frames.get(frame.id);
    this.forget(frame.id);
    if (held && held.width === frame.width && held.height === frame.height) {
      frame.panels = new Map([...held.panels, ...frame.panels]);
      frame.rings = { ...held.rings, ...frame.rings };
    }
    this.frames.set(frame.id, frame);
    this.bytes += bytesOf(frame);
    if (this.bytes > this.budget) this.thin(new Set([...kept, frame.id]));
  }

  // Every second one goes, the oldest first: what is left still tells the whole course.
  thin(kept) {
    const gone = [];
    while (this.bytes > LEFT * this.budget) {
      const free = [...this.frames.keys()].filter((id) => !kept.has(id));
      if (free.length === 0) break;
      for (let at = 0; at < free.length && this.bytes > LEFT * this.budget; at += 2) {
        this.forget(free[at]);
        gone.push(free[at]);
      }
    }
    if (gone.length === 0) return;
    this.thinned = true;
    this.dropped(gone);
  }

  forget(id) {
    const frame = this.frames.get(id);
    if (!frame) return;
    this.bytes -= bytesOf(frame);
    this.frames.delete(id);
  }
}

function bytesOf(frame) {
  let bytes = 0;
  for (const panel of frame.panels.values()) bytes += panel.pixels.length;
  return bytes;
}

// The value between which and the highest a part of the pixels lies.
export function quantile(panel, part) {
  const counts = new Uint32Array(256);
  for (const byte of panel.pixels) counts[byte]++;
  let left = part * (panel.pixels.length - counts[0]);
  for (let byte = 1; byte < 256; byte++) {
    left -= counts[byte];
    if (left <= 0) return byte;
  }
  return 255;
}
