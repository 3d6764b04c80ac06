// Verdicts on the step on show as small buttons, the worst first: as many as there is room for.

// What a class is shown in place of the tab, which has no room there.
function popover(chip) {
  const box = document.createElement("div");
  box.popover = "auto";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", chip.title);
  box.tabIndex = -1;
  box.autofocus = true;
  const title = document.createElement("strong");
  title.textContent = chip.title;
  box.append(title);
  const lines = [chip.sentence, ...chip.remedies];
  for (const line of lines) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    box.append(paragraph);
  }
  return box;
}

class Chips {
  constructor(model, node) {
    this.model = model;
    this.node = node;
    this.more = document.createElement("button");
    this.more.className = "chip more";
    this.more.hidden = true;
    this.more.addEventListener("click", () => this.open(this.hidden[0]));
    new ResizeObserver(() => this.fit()).observe(node);
    this.show();
  }

  show() {
    const focused = this.node.getRootNode().activeElement?.dataset?.row;
    this.buttons = this.model.chips.map((chip) => this.button(chip));
    this.more.hidden = true;
    this.node.replaceChildren(...this.buttons.map(({ button }) => button), this.more);
    this.node.querySelector(`[data-row="${focused}"]`)?.focus();
    this.fit();
  }

  button(chip) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `chip ${chip.severity}`;
    button.title = chip.sentence;
    button.dataset.row = chip.id;
    button.setAttribute("aria-label", `${chip.word}: ${chip.title}`);
    const icon = document.createElement("span");
    icon.className = "icon";
    icon.ariaHidden = "true";
    icon.textContent = chip.icon;
    button.append(icon, chip.title);
    button.addEventListener("click", () => this.open(chip));
    return { chip, button };
  }

  // The first ones that have room, and how many others there are; the first is cut if it must be.
  fit() {
    const all = this.buttons.length;
    for (let seen = Math.min(all, this.model.most); seen > 0; seen -= 1) {
      this.buttons.forEach(({ button }, place) => {
        button.hidden = place >= seen;
        button.classList.toggle("cut", seen === 1);
      });
      this.hidden = this.buttons.slice(seen).map(({ chip }) => chip);
      this.more.textContent = `+${all - seen}`;
      this.more.setAttribute("aria-label", `${all - seen} more verdicts`);
      this.more.hidden = seen === all;
      if (this.node.scrollWidth <= this.node.clientWidth) return;
    }
  }

  open(chip) {
    const details = getComputedStyle(this.node).getPropertyValue("--dcrviz-details").trim();
    if (details !== "none") {
      this.model.send_msg({ type: "chosen", row: chip.id });
      return;
    }
    const box = popover(chip);
    this.node.append(box);
    box.addEventListener("toggle", ({ newState }) => newState === "closed" && box.remove());
    box.showPopover();
  }
}

export function render({ model }) {
  const node = document.createElement("div");
  node.className = "chips";
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", "Verdicts on the step on show");
  const chips = new Chips(model, node);
  model.on("chips", () => chips.show());
  return node;
}
