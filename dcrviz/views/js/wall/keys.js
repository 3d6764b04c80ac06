// Keys that are for the wall: wherever on the page the focus is, or in a notebook within its cell.

const TYPED_INTO = "input, select, textarea, [contenteditable], dialog[open], :popover-open";

// `told` has turn(by), close() and plane(number); gives the way to stop listening.
export function listenToKeys(model, root, told) {
  const press = (event) => {
    const path = event.composedPath();
    const typing = path.some((node) => node instanceof Element && node.matches(TYPED_INTO));
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!model.everywhere && !path.includes(outermost(root))) return;
    if (act(event.key, told)) event.preventDefault();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

// The element of the document itself in which this one lies: in a notebook, what belongs to the cell.
function outermost(element) {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? outermost(root.host) : element;
}

// Whether the key is one of them.
function act(key, told) {
  if (key === "b") told.turn(1);
  else if (key === "B") told.turn(-1);
  else if (key === "Escape") told.close();
  else if (/^[1-9]$/u.test(key)) told.plane(Number(key));
  else return false;
  return true;
}
