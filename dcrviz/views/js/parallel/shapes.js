// Shapes of a drawing.

const SVG = "http://www.w3.org/2000/svg";

export function dress(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
}

export function shape(name, attributes, text = "") {
  const node = document.createElementNS(SVG, name);
  dress(node, attributes);
  node.textContent = text;
  return node;
}
