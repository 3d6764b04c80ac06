// One large panel that shows several others in turn, or two of them on either side of a line.

// What stands above and below the picture.
const CAPTION_PX = 70;

export class Compare {
  constructor(changed) {
    this.items = [];
    this.at = 0;
    this.part = 0.5;
    this.mode = "blink";
    this.timer = null;
    this.changed = changed;
    this.node = document.createElement("section");
    this.node.className = "compare";
    this.node.hidden = true;
    this.node.setAttribute("aria-label", "Compare");
    this.title = document.createElement("div");
    this.title.className = "title";
    this.box = document.createElement("div");
    this.box.className = "box";
    const line = document.createElement("div");
    line.className = "look";
    this.buttons = {};
    for (const [name, act] of [
      ["Blink", () => this.play()],
      ["Swipe", () => this.swipe()],
      ["Previous", () => this.turn(-1)],
      ["Next", () => this.turn(1)],
      ["Close", () => this.close()],
    ]) {
      const button = document.createElement("button");
      button.textContent = name;
      button.setAttribute("aria-label", `compare: ${name.toLowerCase()}`);
      button.addEventListener("click", act);
      this.buttons[name] = button;
      line.append(button);
    }
    this.slider = document.createElement("input");
    Object.assign(this.slider, { type: "range", min: 0, max: 1, step: 0.005, value: 0.5, hidden: true });
    this.slider.setAttribute("aria-label", "compare: place of the line");
    this.slider.addEventListener("input", () => {
      this.part = Number(this.slider.value);
      this.changed();
    });
    line.append(this.slider);
    this.node.append(this.title, this.box, line);
  }

  // The box of the picture, and the height that it may have between the bar and the window's edge.
  room(bar) {
    return { box: this.box, high: window.innerHeight - bar.offsetHeight - CAPTION_PX };
  }

  // Shows these, and scrolls to them: below the bar, which stays in sight.
  bring(items, bar) {
    this.these(items);
    this.node.style.scrollMarginTop = `${bar.offsetHeight + 8}px`;
    this.node.scrollIntoView({ block: "start" });
  }

  // Items are { id, key, title }: a panel of one iteration of one run.
  add(item) {
    const same = this.items.findIndex((one) => one.id === item.id && one.key === item.key);
    if (same < 0) this.items.push(item);
    this.at = same < 0 ? this.items.length - 1 : same;
    this.show();
  }

  only(item) {
    this.these([item]);
  }

  these(items) {
    this.items = items;
    this.at = 0;
    this.show();
  }

  show() {
    this.node.hidden = this.items.length === 0;
    const item = this.items[this.at];
    const place = this.items.length > 1 ? ` (${this.at + 1} of ${this.items.length})` : "";
    this.title.textContent = item ? `${item.title}${place}` : "";
    this.slider.hidden = this.mode !== "swipe";
    this.changed();
  }

  turn(by) {
    if (this.items.length === 0) return;
    this.mode = "blink";
    this.at = (this.at + by + this.items.length) % this.items.length;
    this.show();
  }

  play() {
    this.mode = "blink";
    if (this.timer) this.rest();
    else {
      this.timer = setInterval(() => this.turn(1), 500);
      this.buttons.Blink.textContent = "Hold";
    }
    this.show();
  }

  rest() {
    clearInterval(this.timer);
    this.timer = null;
    this.buttons.Blink.textContent = "Blink";
  }

  swipe() {
    this.rest();
    this.mode = "swipe";
    this.show();
  }

  close() {
    this.rest();
    this.items = [];
    this.show();
  }

  // What to paint: pieces of the box from left to right, each a part of its width.
  pieces() {
    if (this.items.length === 0) return [];
    if (this.mode === "swipe" && this.items.length > 1) {
      const other = (this.at + 1) % this.items.length;
      return [
        { item: this.items[this.at], from: 0, to: this.part },
        { item: this.items[other], from: this.part, to: 1 },
      ];
    }
    return [{ item: this.items[this.at], from: 0, to: 1 }];
  }
}
