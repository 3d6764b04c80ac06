// The offers of scenes, lessons and own files, on a dialog that closes when one is taken.

function element(kind, className, text = "") {
  const node = document.createElement(kind);
  node.className = className;
  node.textContent = text;
  return node;
}

class Board {
  constructor(model) {
    this.model = model;
    this.node = element("div", "welcome");
    this.invitation = element("section", "invitation");
    this.invitation.setAttribute("aria-label", "Nothing is loaded");
    const again = element("button", "primary", "Choose a scene, a lesson or files");
    again.addEventListener("click", () => this.open());
    this.invitation.append(element("p", "", "No visits are loaded, so there is nothing to see yet."), again);
    this.node.append(this.invitation);
    this.show();
  }

  // Made anew each time, as it is read once: the page has less to carry.
  fresh() {
    const { scenes, lessons } = this.model;
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", "Welcome");
    const close = element("button", "close", "Close");
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    dialog.append(
      close,
      element("h2", "", "What would you like to look at?"),
      element("p", "lead", "The atmosphere spreads the light of a star into a short spectrum. Watch how a fit learns it."),
      this.group("Scenes: a field that is well, and fields with one thing wrong each", "scene", scenes),
      this.group("Lessons: step by step before a class, or alone", "lesson", lessons),
      this.own(),
    );
    return dialog;
  }

  group(title, kind, offers) {
    const section = document.createElement("section");
    section.setAttribute("aria-label", title.split(":")[0]);
    const cards = element("div", "cards");
    for (const [name, heading, sentence] of offers) {
      const card = element("button", `card ${kind}`);
      card.append(element("b", "", heading), element("span", "", sentence));
      card.addEventListener("click", () => this.take(kind, name));
      cards.append(card);
    }
    section.append(element("h3", "", title), cards);
    return section;
  }

  own() {
    const section = document.createElement("section");
    section.setAttribute("aria-label", "Your own visits");
    const how = element("p", "");
    how.innerHTML = this.model.how;
    section.append(element("h3", "", "Your own visits"), how);
    if (this.model.local) section.append(this.path());
    return section;
  }

  path() {
    const form = element("form", "path");
    const field = document.createElement("input");
    field.placeholder = "warps/*.fits or runs/tuesday";
    field.setAttribute("aria-label", "Files, a folder, a pattern, or the folder of a saved run");
    const open = element("button", "", "Open");
    form.append(field, open);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field.value.trim()) this.take("path", field.value);
    });
    return form;
  }

  take(kind, name) {
    this.model.send_msg({ kind, name });
    this.dialog.close();
  }

  open() {
    if (!this.node.isConnected || this.dialog?.open) return;
    this.dialog = this.fresh();
    this.node.append(this.dialog);
    this.dialog.showModal();
    // Not the button that closes it, which comes first.
    this.dialog.querySelector(".card").focus();
  }

  show() {
    this.invitation.hidden = !this.model.empty;
  }
}

export function render({ model }) {
  const board = new Board(model);
  model.on("empty", () => board.show());
  model.on("opened", () => board.open());
  // Not before it is in the document.
  if (model.opened > 0) requestAnimationFrame(() => board.open());
  return board.node;
}
