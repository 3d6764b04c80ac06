// A number on a native range input, with a native number field beside it if it may be typed.

// Without an answer for so long the next value is sent all the same.
const PATIENCE_MS = 1000;
const STEPS = 200;
const THUMB_PX = 16;

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
    addEventListener("mouseup", () => end.abort(), { signal: end.signal });
    to(event);
  });
}

export function render({ model }) {
  const box = document.createElement("div");
  box.className = "slider";
  const label = document.createElement("span");
  const typed = document.createElement("input");
  typed.type = "number";
  const range = document.createElement("input");
  range.type = "range";
  const head = document.createElement("div");
  head.className = "head";
  head.append(label, typed);
  box.append(head, range);

  const place = (value) => (model.logarithmic ? Math.log10(value) : value);
  const number = () => {
    if (!model.logarithmic) return Number(range.value);
    return Number((10 ** Number(range.value)).toPrecision(2));
  };
  const { move, isAhead } = sender(model);

  const show = () => {
    const value = model.value;
    const beyond = value === null ? model.end : Math.max(model.end, value);
    const [min, max] = [place(model.start), place(beyond)];
    const step = model.logarithmic ? (max - min) / STEPS : model.step;
    Object.assign(range, { min, max, step });
    const fine = model.logarithmic ? "any" : model.step;
    Object.assign(typed, { min: model.low, max: model.high, step: fine });
    if (!isAhead()) {
      range.value = value === null ? value : place(value);
      typed.value = value;
    }
    range.disabled = typed.disabled = model.disabled;
    label.textContent = model.typed ? model.label : `${model.label}: ${value}`;
    typed.hidden = !model.typed;
    range.setAttribute("aria-label", model.label);
    range.setAttribute("aria-valuetext", `${value}`);
    typed.setAttribute("aria-label", `${model.label}, value`);
    range.title = model.tip;
  };
  const grasp = () => {
    model.grasped += 1;
  };
  range.addEventListener("pointerdown", grasp);
  range.addEventListener("focus", grasp);
  typed.addEventListener("focus", grasp);
  const moved = () => {
    typed.value = number();
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
