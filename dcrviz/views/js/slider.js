// A number on a native range input, with a native number field beside it if it may be typed.

// With a channel, other parts of the page follow at once, and the server after a moment of rest: a
// longer one while a finger is still on it.
const REST_MS = { held: 800, free: 250 };

function make(kind, values) {
  return Object.assign(document.createElement(kind), values);
}

function parts() {
  const label = make("span");
  const typed = make("input", { type: "number" });
  const range = make("input", { type: "range" });
  const head = make("div", { className: "head" });
  head.append(label, typed);
  const box = make("div", { className: "slider" });
  box.append(head, range);
  return { box, label, typed, range };
}

// Calls `tell` with the number while the slider moves, and `rest` once it is let go or stands still;
// gives whether that is still to come.
function whileSliding(range, tell, rest) {
  let resting = null;
  let held = false;
  const end = () => {
    clearTimeout(resting);
    resting = null;
    rest(Number(range.value));
  };
  range.addEventListener("input", () => {
    tell(Number(range.value));
    clearTimeout(resting);
    resting = setTimeout(end, held ? REST_MS.held : REST_MS.free);
  });
  range.addEventListener("pointerdown", () => {
    held = true;
  });
  const release = () => {
    held = false;
    if (resting !== null) end();
  };
  range.addEventListener("pointerup", release);
  range.addEventListener("pointercancel", release);
  return () => resting !== null;
}

export function render({ model }) {
  const { box, label, typed, range } = parts();
  const say = (value) => {
    label.textContent = model.typed ? model.label : `${model.label}: ${value}`;
  };
  const announce = (value, resting) => {
    const detail = { channel: model.channel, value, resting };
    document.dispatchEvent(new CustomEvent("dcrviz-slide", { detail }));
  };
  const tell = (value) => {
    if (model.channel === "") model.value = value;
    else {
      say(value);
      announce(value, false);
    }
  };
  const rest = (value) => {
    if (model.channel === "") return;
    model.value = value;
    announce(value, true);
    show();
  };
  const sliding = whileSliding(range, tell, rest);
  const show = () => {
    // Not from under a person's hand.
    if (model.channel !== "" && sliding()) return;
    const { value } = model;
    const beyond = value === null ? model.end : Math.max(model.end, value);
    Object.assign(range, { min: model.start, max: beyond, step: model.step });
    Object.assign(typed, { min: model.low, max: model.high, step: model.step });
    range.value = typed.value = value;
    range.disabled = typed.disabled = model.disabled;
    say(value);
    typed.hidden = !model.typed;
    range.setAttribute("aria-label", model.label);
    typed.setAttribute("aria-label", `${model.label}, value`);
    range.title = model.tip;
  };
  typed.addEventListener("change", () => {
    if (typed.value === "") show();
    else model.value = Number(typed.value);
  });
  for (const name of ["value", "start", "end", "step", "disabled", "label"]) model.on(name, show);
  show();
  return box;
}
