// The buttons that change how the page looks; what a person chose is remembered in the browser.
import { askForTypeOnce, leaveOutStylesheets } from "./figures.js";
import { frameOf } from "./frame.js";
import { leavePartsAlone } from "./sizes.js";
import { hearWhenDrawn } from "./widgets.js";

const CHOSEN = "dcrviz-look";
const NARROW_PX = 1150;

// A browser may forbid that anything is remembered.
function remembered() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

function remember(look) {
  try {
    localStorage.setItem(CHOSEN, look);
  } catch {
    // It holds for this visit.
  }
}

// What a person chose, else as the notebook is, else as the system is.
function isDark() {
  const chosen = remembered();
  if (chosen !== null) return chosen === "dark";
  const notebook = document.body.dataset.jpThemeLight;
  if (notebook !== undefined) return notebook === "false";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function button(name, tip, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.title = tip;
  made.addEventListener("click", act);
  return made;
}

function setPressed(one, is) {
  one.setAttribute("aria-pressed", `${is}`);
}

class Appearance {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.hidden = false;
    this.node = document.createElement("div");
    this.node.className = "appearance";
    this.knobs = button("Knobs", "Show or hide the knobs, data and export", () => this.hide());
    this.dark = button("Dark", "Light or dark, remembered in this browser", () => this.choose());
    const large = "Large type, two rows of images and a sentence on what they show";
    this.teacher = button("Teacher", large, () => this.teach());
    this.node.append(this.knobs, this.dark, this.teacher);
  }

  // As soon as there is a frame around it.
  begin() {
    const frame = frameOf(this.el);
    if (frame === null) {
      requestAnimationFrame(() => this.begin());
      return;
    }
    this.hidden = frame.clientWidth < NARROW_PX;
    this.model.room = window.innerHeight;
    this.follow();
    this.show();
  }

  hide() {
    this.hidden = !this.hidden;
    this.show();
  }

  choose() {
    this.model.dark = !this.model.dark;
    remember(this.model.dark ? "dark" : "light");
  }

  teach() {
    this.model.room = window.innerHeight;
    this.model.teacher = !this.model.teacher;
  }

  follow() {
    this.model.dark = isDark();
  }

  show() {
    const { dark, teacher, alone } = this.model;
    setPressed(this.knobs, !this.hidden && !teacher);
    setPressed(this.dark, dark);
    setPressed(this.teacher, teacher);
    this.knobs.disabled = teacher;
    const frame = frameOf(this.el);
    if (frame === null) return;
    frame.dataset.look = dark ? "dark" : "light";
    frame.dataset.knobs = this.hidden ? "hidden" : "shown";
    frame.toggleAttribute("data-teacher", teacher);
    if (alone) this.showAround(frame);
  }

  // What the document shows beside the frame: bars to scroll with, notifications, and what lies
  // beyond its end.
  showAround(frame) {
    const { style } = document.documentElement;
    const inside = getComputedStyle(frame);
    style.colorScheme = frame.dataset.look;
    style.background = inside.getPropertyValue("--dcrviz-page");
    style.setProperty("--bokeh-base-font", inside.getPropertyValue("--bokeh-base-font"));
  }
}

// Before figures are painted for the first time, if the page is not sooner.
leaveOutStylesheets();
askForTypeOnce();
leavePartsAlone();
hearWhenDrawn();

export function render({ model, el }) {
  const appearance = new Appearance(model, el);
  for (const name of ["dark", "teacher"]) model.on(name, () => appearance.show());
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => appearance.follow();
  system.addEventListener("change", follow);
  model.on("remove", () => system.removeEventListener("change", follow));
  requestAnimationFrame(() => appearance.begin());
  return appearance.node;
}
