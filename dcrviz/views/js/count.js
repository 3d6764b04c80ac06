// A whole number of 1 or more in a native field.
export function render({ model }) {
  const field = document.createElement("input");
  Object.assign(field, { type: "number", min: 1, step: 1 });
  field.setAttribute("aria-label", model.label);
  field.title = model.tip;
  const show = () => {
    field.value = model.value;
  };
  field.addEventListener("change", () => {
    const typed = Math.round(Number(field.value));
    if (typed >= 1) model.value = typed;
    show();
  });
  model.on("value", show);
  show();
  return field;
}
