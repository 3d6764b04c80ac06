// Saves each file that arrives: the length of its header, the header as JSON, the content.
export function render({ model }) {
  const place = document.createElement("span");
  model.on("message", () => {
    const buffer = model.message;
    const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
    if (bytes.length < 4) return;
    const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const address = URL.createObjectURL(new Blob([bytes.slice(4 + length)], { type: header.kind }));
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = header.name;
    place.append(anchor);
    anchor.click();
    anchor.remove();
    // Not before the browser has begun to read it.
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  });
  return place;
}
