// The buttons that change how the page looks; what a person chose is remembered in the browser.

const CHOSEN = "dcrviz-look";
const NARROW_PX = 1150;

// The box of the whole explorer, which may be a page or the output of a notebook's cell.
function frameOf(element) {
  for (let node = element; node; ) {
    if (node instanceof Element && node.classList.contains("dcrviz")) return node;
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return null;
}

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

function button(name, tip, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.title = tip;
  made.addEventListener("click", press);
  return made;
}

export function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "appearance";
  const knobs = button("Knobs", "Show or hide the knobs, data and export", () => {
    hidden = !hidden;
    show();
  });
  const dark = button("Dark", "Light or dark, remembered in this browser", () => {
    model.dark = !model.dark;
    remember(model.dark ? "dark" : "light");
  });
  const teacher = button("Teacher", "Large type, two rows of images and a sentence on what they show", () => {
    model.room = window.innerHeight;
    model.teacher = !model.teacher;
  });
  box.append(knobs, dark, teacher);
  let hidden = false;

  const show = () => {
    const pressed = [[knobs, !hidden && !model.teacher], [dark, model.dark], [teacher, model.teacher]];
    for (const [one, is] of pressed) one.setAttribute("aria-pressed", `${is}`);
    knobs.disabled = model.teacher;
    const frame = frameOf(el);
    if (!frame) return;
    frame.dataset.look = model.dark ? "dark" : "light";
    frame.toggleAttribute("data-teacher", model.teacher);
    frame.dataset.knobs = hidden ? "hidden" : "shown";
    if (!model.alone) return;
    const { style } = document.documentElement;
    style.colorScheme = frame.dataset.look;
    style.background = getComputedStyle(frame).getPropertyValue("--dcrviz-page");
  };
  for (const name of ["dark", "teacher"]) model.on(name, show);
  const begin = () => {
    const frame = frameOf(el);
    if (!frame) {
      requestAnimationFrame(begin);
      return;
    }
    hidden = frame.clientWidth < NARROW_PX;
    model.room = window.innerHeight;
    model.dark = isDark();
    show();
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    model.dark = isDark();
  };
  system.addEventListener("change", follow);
  model.on("remove", () => system.removeEventListener("change", follow));
  requestAnimationFrame(begin);
  return box;
}
