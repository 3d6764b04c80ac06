// A number on a native range input, with a native number field beside it if it may be typed.

// Without an answer for so long the next value is sent all the same.
const PATIENCE_MS = 1000;
// With a channel, other parts of the page follow at once, and the server after a moment of rest: a
// longer one while a finger is still on it.
const REST_MS = { held: 800, free: 250 };
const STEPS = 200;
const THUMB_PX = 16;

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

// Sends the newest value, one a frame at most, and none before the last one has been taken.
function sender(model) {
  let newest = null;
  let scheduled = false;
  let waiting = 0;
  const send = () => {
    scheduled = false;
    if (newest === null || waiting) return;
    const value = newest;
    newest = null;
    // No answer would come.
    if (value === model.value) return;
    waiting = setTimeout(arrived, PATIENCE_MS);
    model.value = value;
  };
  const schedule = () => {
    if (!scheduled) requestAnimationFrame(send);
    scheduled = true;
  };
  const arrived = () => {
    clearTimeout(waiting);
    waiting = 0;
    schedule();
  };
  model.on("taken", arrived);
  return {
    move(value) {
      newest = value;
      schedule();
    },
    // What somebody still moves is not pulled from under the pointer by an older value.
    isAhead: () => newest !== null || waiting !== 0,
  };
}

// Tells the rest of the page of every move, and the server of the place where the slider is let go
// or stands still.
function announcer(model, range, rested) {
  let resting = 0;
  let held = false;
  let newest = model.value;
  const announce = (value, last) => {
    const detail = { channel: model.channel, value, resting: last };
    document.dispatchEvent(new CustomEvent("dcrviz-slide", { detail }));
  };
  const end = () => {
    clearTimeout(resting);
    resting = 0;
    model.value = newest;
    announce(newest, true);
    rested();
  };
  const release = () => {
    held = false;
    if (resting !== 0) end();
  };
  range.addEventListener("pointerdown", () => {
    held = true;
  });
  range.addEventListener("pointerup", release);
  range.addEventListener("pointercancel", release);
  return {
    move(value) {
      newest = value;
      announce(value, false);
      clearTimeout(resting);
      resting = setTimeout(end, held ? REST_MS.held : REST_MS.free);
    },
    isAhead: () => resting !== 0,
  };
}

// Drags by the mouse as the browser does, but for longer: a page that lays itself out anew, as it
// does whenever a text of it changes, ends the browser's own way while the button is still down.
function dragging(range, moved) {
  const to = (event) => {
    const { left, width } = range.getBoundingClientRect();
    const part = (event.clientX - left - THUMB_PX / 2) / Math.max(1, width - THUMB_PX);
    const [min, max] = [Number(range.min), Number(range.max)];
    range.value = min + Math.min(1, Math.max(0, part)) * (max - min);
    moved();
  };
  range.addEventListener("mousedown", (event) => {
    if (event.button !== 0 || range.disabled) return;
    event.preventDefault();
    range.focus();
    const end = new AbortController();
    addEventListener("mousemove", to, { signal: end.signal });
    const release = () => {
      end.abort();
      range.dispatchEvent(new PointerEvent("pointerup"));
    };
    addEventListener("mouseup", release, { signal: end.signal });
    to(event);
  });
}

// Counts how often somebody takes hold of it.
function tellGrasps(model, range, typed) {
  const grasp = () => {
    model.grasped += 1;
  };
  range.addEventListener("pointerdown", grasp);
  range.addEventListener("focus", grasp);
  typed.addEventListener("focus", grasp);
}

export function render({ model }) {
  const { box, label, typed, range } = parts();
  const place = (value) => (model.logarithmic ? Math.log10(value) : value);
  const number = () => {
    if (!model.logarithmic) return Number(range.value);
    return Number((10 ** Number(range.value)).toPrecision(2));
  };
  const say = (value) => {
    label.textContent = model.typed ? model.label : `${model.label}: ${value}`;
    range.setAttribute("aria-valuetext", `${value}`);
  };
  const show = () => {
    const { value } = model;
    const beyond = value === null ? model.end : Math.max(model.end, value);
    const [min, max] = [place(model.start), place(beyond)];
    const step = model.logarithmic ? (max - min) / STEPS : model.step;
    Object.assign(range, { min, max, step });
    const fine = model.logarithmic ? "any" : model.step;
    Object.assign(typed, { min: model.low, max: model.high, step: fine });
    if (!isAhead()) {
      range.value = value === null ? value : place(value);
      typed.value = value;
      say(value);
    }
    range.disabled = typed.disabled = model.disabled;
    typed.hidden = !model.typed;
    box.classList.toggle("inline", !model.typed);
    range.setAttribute("aria-label", model.label);
    typed.setAttribute("aria-label", `${model.label}, value`);
    range.title = model.tip;
  };
  const { move, isAhead } = model.channel === "" ? sender(model) : announcer(model, range, show);
  if (model.channel === "") tellGrasps(model, range, typed);
  const moved = () => {
    typed.value = number();
    say(number());
    move(number());
  };
  range.addEventListener("input", moved);
  dragging(range, moved);
  typed.addEventListener("change", () => {
    if (typed.value === "") show();
    else model.value = Number(typed.value);
  });
  for (const name of ["value", "start", "end", "step", "disabled", "label", "taken"])
    model.on(name, show);
  show();
  return box;
}
