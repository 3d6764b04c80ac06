// What a pointer does over a panel: rest, drag, turn the wheel, click.

// How far a pointer moves, as a part of the view, before it drags.
const FAR = 0.01;

// `told` has pointed(pixel or null), moved() and clicked(place).
export function listen(box, view, told) {
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
      event.preventDefault();
      const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300)));
      view.zoom(factor, view.at(event, box));
      told.moved();
      point(event);
    },
    { passive: false },
  );
}
