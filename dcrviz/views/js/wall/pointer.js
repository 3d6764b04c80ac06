// What a pointer does over a panel: rest, drag, turn the wheel, click.

// How far a pointer moves, as a part of the view, before it drags.
const FAR = 0.01;
// Turns of the wheel that are no further apart belong together, milliseconds.
const TOGETHER = 300;

const boxes = new WeakSet();
// When the wheel was last turned to scroll the page.
let scrolled = -Infinity;

// Whether a turn over a panel is the page's: of those that scroll it already, and slide a panel below
// the pointer; or because there is nothing left to zoom out of.
function scrolls(event, view) {
  if (event.timeStamp - scrolled > TOGETHER && !(event.deltaY > 0 && view.isWhole)) return false;
  scrolled = event.timeStamp;
  return true;
}

document.addEventListener(
  "wheel",
  (event) => {
    if (!event.composedPath().some((node) => boxes.has(node))) scrolled = event.timeStamp;
  },
  { capture: true, passive: true },
);

// `told` has pointed(pixel or null), moved() and clicked(place).
export function listen(box, view, told) {
  boxes.add(box);
  let held = null;
  const point = (event) => told.pointed(view.pixel(view.at(event, box)));
  box.addEventListener("pointerdown", (event) => {
    held = { ...view.at(event, box), moved: false };
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (held) {
      const now = view.at(event, box);
      held.moved ||= Math.hypot(now.x - held.x, now.y - held.y) / view.width > FAR;
      if (held.moved) {
        view.pan(held, now);
        told.moved();
      }
    }
    point(event);
  });
  box.addEventListener("pointerup", (event) => {
    if (held && !held.moved) told.clicked(view.at(event, box));
    held = null;
  });
  box.addEventListener("pointercancel", () => {
    held = null;
  });
  box.addEventListener("pointerleave", () => told.pointed(null));
  box.addEventListener("dblclick", () => {
    view.whole();
    told.moved();
  });
  box.addEventListener(
    "wheel",
    (event) => {
      if (scrolls(event, view)) return;
      event.preventDefault();
      const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300)));
      view.zoom(factor, view.at(event, box));
      told.moved();
      point(event);
    },
    { passive: false },
  );
}
