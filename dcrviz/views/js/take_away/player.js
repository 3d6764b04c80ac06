// The slider, the buttons and the keys that go from iteration to iteration.

const PAUSE_MS = 600;
const TYPED = "input, select, textarea, dialog[open]";
const PRESSED = "button, summary, a";

// Of the browser or the system.
function isShortcut(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

export class Player {
  constructor(number, shown) {
    this.last = number - 1;
    this.place = -1;
    this.shown = shown;
    this.timer = null;
    this.slider = document.querySelector("#place");
    this.play = document.querySelector("#play");
    this.ends = { previous: document.querySelector("#previous"), next: document.querySelector("#next") };
    this.slider.max = this.last;
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.ends.previous.addEventListener("click", () => this.go(this.place - 1));
    this.ends.next.addEventListener("click", () => this.go(this.place + 1));
    this.play.addEventListener("click", () => this.turn());
    document.addEventListener("keydown", (event) => this.press(event));
  }

  begin(place) {
    this.slider.disabled = this.last === 0;
    this.go(place);
  }

  // A person's hand ends the play.
  go(place) {
    this.rest();
    this.show(place);
  }

  show(place) {
    this.place = Math.min(Math.max(place, 0), this.last);
    this.slider.value = this.place;
    this.ends.previous.disabled = this.place === 0;
    this.ends.next.disabled = this.place === this.last;
    this.play.disabled = this.last === 0;
    this.shown(this.place);
  }

  turn() {
    if (this.timer) {
      this.rest();
      return;
    }
    if (this.place === this.last) this.show(0);
    this.play.textContent = "Pause";
    this.timer = setInterval(() => {
      this.show(this.place + 1);
      if (this.place === this.last) this.rest();
    }, PAUSE_MS);
  }

  rest() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "Play";
  }

  press(event) {
    const on = (selector) => event.composedPath().some((node) => node instanceof Element && node.matches(selector));
    if (this.slider.disabled || isShortcut(event) || on(TYPED)) return;
    if (event.key === " " && on(PRESSED)) return;
    if (this.act(event.key)) event.preventDefault();
  }

  // Whether the key is one of them.
  act(key) {
    if (key === "ArrowLeft") this.go(this.place - 1);
    else if (key === "ArrowRight") this.go(this.place + 1);
    else if (key === "Home") this.go(0);
    else if (key === "End") this.go(this.last);
    else if (key === " ") this.turn();
    else return false;
    return true;
  }
}
