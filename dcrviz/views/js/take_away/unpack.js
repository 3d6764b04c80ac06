// Messages to the wall out of the page's text, in which each is the difference to the one before.

const NUMBER = 4;

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function numberAt(bytes, start) {
  return new DataView(bytes.buffer, bytes.byteOffset + start, NUMBER).getUint32(0, true);
}

// All messages about one row, in order: parts of one array, as nothing is copied.
export async function unpacked(text) {
  const bytes = await inflated(text);
  const messages = [];
  let before = null;
  for (let start = 0; start < bytes.length; ) {
    const end = start + NUMBER + numberAt(bytes, start);
    const message = bytes.subarray(start + NUMBER, end);
    const pixels = message.subarray(NUMBER + numberAt(message, 0));
    // An array of bytes adds modulo 256 by itself.
    if (before) for (let at = 0; at < pixels.length; at++) pixels[at] += before[at];
    messages.push(message);
    before = pixels;
    start = end;
  }
  return messages;
}
