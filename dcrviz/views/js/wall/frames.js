// Iterations that the browser holds: bytes of every panel, found by the iteration's name.

// A message is the length of its header, the header as JSON, and the bytes of the panels.
export function decodeFrame(buffer) {
  const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
  if (bytes.length < 4) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const frame = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let start = 4 + length;
  for (const panel of frame.panels) {
    const end = start + frame.width * frame.height * panel.channels;
    panel.pixels = bytes.slice(start, end);
    start = end;
  }
  frame.panels = new Map(frame.panels.map((panel) => [panel.key, panel]));
  return frame;
}

export class FrameStore {
  constructor(budget, dropped) {
    this.budget = budget;
    this.dropped = dropped;
    this.frames = new Map();
    this.bytes = 0;
  }

  get(id) {
    return this.frames.get(id);
  }

  // Panels of an iteration that is held already are added to it.
  add(frame) {
    const held = this.frames.get(frame.id);
    if (held && held.width === frame.width && held.height === frame.height) {
      for (const [key, panel] of frame.panels) {
        if (!held.panels.has(key)) this.bytes += panel.pixels.length;
        held.panels.set(key, panel);
      }
      held.rings = { ...held.rings, ...frame.rings };
      this.frames.delete(frame.id);
      this.frames.set(frame.id, held);
    } else {
      if (held) this.forget(frame.id);
      this.frames.set(frame.id, frame);
      for (const panel of frame.panels.values()) this.bytes += panel.pixels.length;
    }
    this.thin(frame.id);
  }

  thin(kept) {
    const gone = [];
    for (const id of this.frames.keys()) {
      if (this.bytes <= this.budget) break;
      if (id === kept) continue;
      this.forget(id);
      gone.push(id);
    }
    if (gone.length) this.dropped(gone);
  }

  forget(id) {
    const frame = this.frames.get(id);
    if (!frame) return;
    for (const panel of frame.panels.values()) this.bytes -= panel.pixels.length;
    this.frames.delete(id);
  }
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
