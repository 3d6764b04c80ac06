// A lesson's choice, buttons and words.

function element(kind, className) {
  const node = document.createElement(kind);
  node.className = className;
  return node;
}

function button(name, tip, act) {
  const made = element("button", name.toLowerCase());
  made.type = "button";
  made.textContent = name;
  made.title = tip;
  made.addEventListener("click", act);
  return made;
}

class Bar {
  constructor(model) {
    this.model = model;
    const send = (act, name = "") => model.send_msg({ act, name });
    this.choice = element("select", "");
    this.choice.setAttribute("aria-label", "Lesson");
    this.choice.addEventListener("change", () => send("choose", this.choice.value));
    this.previous = button("Previous", "The step before (p, Page up)", () => send("previous"));
    this.next = button("Next", "The answer, or the next step (n, Page down)", () => send("next"));
    this.count = element("span", "count");
    this.question = element("p", "question");
    this.caption = element("p", "caption");
    this.words = element("div", "lesson");
    this.words.setAttribute("aria-live", "polite");
    this.words.append(this.question, this.caption);
    const bar = element("div", "bar");
    bar.append(this.choice, this.previous, this.next, this.count);
    this.node = element("section", "lesson");
    this.node.setAttribute("aria-label", "Lesson");
    this.node.append(bar, this.words);
    this.offer();
    this.show();
  }

  offer() {
    const options = [["", "No lesson"], ...this.model.lessons];
    this.choice.replaceChildren(...options.map(([name, title]) => new Option(title, name)));
    this.choice.value = this.model.name_on_show;
  }

  show() {
    const { name_on_show: name, count, question, caption, at_start: first, at_end: last } = this.model;
    this.choice.value = name;
    this.count.textContent = count;
    this.question.textContent = question;
    this.caption.textContent = caption;
    this.question.hidden = !question;
    this.caption.hidden = !caption;
    this.previous.disabled = first;
    this.next.disabled = last;
    for (const node of [this.previous, this.next, this.count, this.words]) node.hidden = !name;
  }
}

export function render({ model }) {
  const bar = new Bar(model);
  model.on("lessons", () => bar.offer());
  for (const name of ["name_on_show", "count", "question", "caption", "at_start", "at_end"])
    model.on(name, () => bar.show());
  return bar.node;
}
