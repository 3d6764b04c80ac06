// A native checkbox with its label.
export function render({ model }) {
  const label = document.createElement("label");
  label.className = "check";
  const box = document.createElement("input");
  box.type = "checkbox";
  const text = document.createElement("span");
  label.append(box, text);

  const show = () => {
    box.checked = model.value;
    box.disabled = model.disabled;
    text.textContent = model.label;
    label.title = model.tip;
  };
  box.addEventListener("change", () => {
    model.value = box.checked;
  });
  for (const name of ["value", "disabled", "label"]) model.on(name, show);
  show();
  return label;
}
