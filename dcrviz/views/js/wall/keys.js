// Keys that are for the wall, wherever on the page the focus is; some it passes on.

const PASSED_ON = new Set([" ", "ArrowLeft", "ArrowRight", "Home", "End", "?"]);
const TYPED_INTO = "input, select, textarea, [contenteditable]";
const PRESSED_BY_SPACE = "button, summary";

// `told` has turn(by), close(), plane(number) and key(key); gives the way to stop listening.
export function listenToKeys(told) {
  const press = (event) => {
    const [target] = event.composedPath();
    const on = (selector) => target instanceof HTMLElement && target.matches(selector);
    if (event.ctrlKey || event.metaKey || event.altKey || on(TYPED_INTO)) return;
    if (event.key === " " && on(PRESSED_BY_SPACE)) return;
    if (act(event.key, told)) event.preventDefault();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

// Whether the key is one of them.
function act(key, told) {
  if (key === "b") told.turn(1);
  else if (key === "B") told.turn(-1);
  else if (key === "Escape") told.close();
  else if (/^[1-9]$/u.test(key)) told.plane(Number(key));
  else if (PASSED_ON.has(key)) told.key(key);
  else return false;
  return true;
}
