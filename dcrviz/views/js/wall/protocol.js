// What the server and the browser tell each other.

// A message is the length of its header, the header as JSON, and the bytes of the panels.
export function decodeFrame(buffer) {
  const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
  if (bytes.length < 4) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const frame = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let start = 4 + length;
  for (const panel of frame.panels) {
    const end = start + frame.width * frame.height * panel.channels;
    // A part of the message itself: nothing is copied.
    panel.pixels = bytes.subarray(start, end);
    start = end;
  }
  frame.panels = new Map(frame.panels.map((panel) => [panel.key, panel]));
  return frame;
}

// What the wall tells the server, one method for each kind of message.
export class Server {
  constructor(model) {
    this.model = model;
  }

  send(type, message) {
    this.model.send_msg({ type, ...message });
  }

  // The message of this number is on the screen: the next one may come.
  painted(seq) {
    this.send("painted", { seq });
  }

  // The longest side of a panel, in pixels of the screen.
  size(side) {
    this.send("size", { side });
  }

  rows(names) {
    this.send("rows", { names });
  }

  // These iterations are not held any more.
  dropped(ids) {
    this.send("dropped", { ids });
  }

  // Asks for the exact values of a pixel.
  probe(id, pixel) {
    this.send("probe", { id, ...pixel });
  }

  // Asks for a part of the field as sharp as the screen is.
  crop(id, { x, y, width, height }) {
    this.send("crop", { id, x, y, width, height });
  }

  click({ x, y }) {
    this.send("click", { x, y });
  }
}
