// Keys that work anywhere on the page, and the dialog that lists them.

const TYPED_INTO = "input, select, textarea, [contenteditable], [role=slider], [role=listbox]";
const PRESSED_BY_SPACE = "button, summary, a, [role=button], [role=tab]";

// The outermost element of this view: in a notebook, what belongs to the cell.
function outermost(element) {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? outermost(root.host) : element;
}

function helpDialog(lines) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Keys");
  const title = document.createElement("h2");
  title.textContent = "Keys";
  const list = document.createElement("dl");
  for (const [keys, meaning] of lines) {
    const term = document.createElement("dt");
    for (const key of keys) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
    }
    const text = document.createElement("dd");
    text.textContent = meaning;
    list.append(term, text);
  }
  const close = document.createElement("button");
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, list, close);
  return dialog;
}

export function render({ model }) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  button.className = "help";
  button.textContent = "?";
  button.title = "Keys that work on this page";
  button.setAttribute("aria-label", "Keys");
  const dialog = helpDialog(model.lines);
  box.append(button, dialog);
  const help = () => (dialog.open ? dialog.close() : dialog.showModal());
  button.addEventListener("click", help);

  // The button with this key presses itself, or else the server is told.
  const tell = (key) => {
    const detail = { channel: model.channel, key };
    const event = new CustomEvent("dcrviz-press", { detail, cancelable: true });
    if (document.dispatchEvent(event)) model.send_msg({ key });
  };
  const act = (key, on) => {
    if (key === "?" || (key === "Escape" && dialog.open)) help();
    else if (on("dialog[open]") || !model.keys.includes(key)) return false;
    else if (key === " " && on(PRESSED_BY_SPACE)) return false;
    else tell(key);
    return true;
  };
  const press = (event) => {
    const path = event.composedPath();
    const on = (selector) => path.some((node) => node instanceof Element && node.matches(selector));
    const ours = model.everywhere || path.includes(outermost(box));
    if (!ours || on(TYPED_INTO) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event.key, on)) event.preventDefault();
  };
  document.addEventListener("keydown", press);
  model.on("remove", () => document.removeEventListener("keydown", press));
  return box;
}
