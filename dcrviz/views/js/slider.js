// A number on a native range input, with a native number field beside it if it may be typed.
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

  const show = () => {
    const value = model.value;
    const beyond = value === null ? model.end : Math.max(model.end, value);
    Object.assign(range, { min: model.start, max: beyond, step: model.step });
    Object.assign(typed, { min: model.low, max: model.high, step: model.step });
    range.value = typed.value = value;
    range.disabled = typed.disabled = model.disabled;
    label.textContent = model.typed ? model.label : `${model.label}: ${value}`;
    typed.hidden = !model.typed;
    range.setAttribute("aria-label", model.label);
    typed.setAttribute("aria-label", `${model.label}, value`);
    range.title = model.tip;
  };
  range.addEventListener("input", () => {
    model.value = Number(range.value);
  });
  typed.addEventListener("change", () => {
    if (typed.value === "") show();
    else model.value = Number(typed.value);
  });
  for (const name of ["value", "start", "end", "step", "disabled", "label"]) model.on(name, show);
  show();
  return box;
}
