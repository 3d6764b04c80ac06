// Where a part of the page stands.

// The box of the whole explorer, which may be a page or the output of a notebook's cell.
export function frameOf(element) {
  for (let node = element; node; ) {
    if (node instanceof Element && node.classList.contains("dcrviz")) return node;
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return null;
}
