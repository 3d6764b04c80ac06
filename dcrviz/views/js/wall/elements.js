// Small things to do with elements of the page.

export function element(kind, className, text = "") {
  const node = document.createElement(kind);
  node.className = className;
  node.textContent = text;
  return node;
}

// Writing the same text again would lay the page out anew.
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
