// A native button.
export function render({ model }) {
  const button = document.createElement("button");
  button.type = "button";
  const show = () => {
    button.textContent = model.label;
    button.title = model.tip;
    button.disabled = model.disabled;
    button.className = model.primary ? "primary" : "";
  };
  button.addEventListener("click", () => {
    model.send_msg({ type: "click" });
    // Seen at once; that the server disables it, too, follows.
    if (model.once) button.disabled = true;
    const detail = { channel: model.channel, words: model.says };
    if (model.says) document.dispatchEvent(new CustomEvent("dcrviz-say", { detail }));
  });
  // A key does what a click does, and is answered as fast.
  const hear = (event) => {
    const { channel, key } = event.detail;
    if (button.disabled || channel !== model.channel || key !== model.hotkey) return;
    event.preventDefault();
    button.click();
  };
  document.addEventListener("dcrviz-press", hear);
  model.on("remove", () => document.removeEventListener("dcrviz-press", hear));
  for (const name of ["label", "tip", "disabled"]) model.on(name, show);
  show();
  return button;
}
