// A mark on something that was changed, which takes the change back.
export function render({ model }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "changed";

  const show = () => {
    button.hidden = !model.shown;
    button.textContent = `\u21BA ${model.label}`;
    button.title = model.label;
  };
  button.addEventListener("click", () => {
    model.pressed += 1;
  });
  for (const name of ["label", "shown"]) model.on(name, show);
  show();
  return button;
}
