// Knobs of a sweep, one in a line: which, its values, and what is wrong with them.

// Milliseconds from the last key until what was typed is told.
const REST_MS = 400;

function part(name, attributes) {
  return Object.assign(document.createElement(name), attributes);
}

class Lines {
  constructor(model) {
    this.model = model;
    this.lines = [];
    this.node = part("div", { className: "knobs" });
    this.list = part("div", {});
    const add = part("button", { type: "button", textContent: "Add a knob" });
    add.addEventListener("click", () => this.tell("added", -1));
    this.node.append(this.list, add);
    this.show();
  }

  tell(type, row, value = null) {
    this.model.send_msg({ type, row, value });
  }

  show() {
    const { rows } = this.model;
    while (this.lines.length > rows.length) this.lines.pop().node.remove();
    while (this.lines.length < rows.length) this.append(this.lines.length);
    rows.forEach((row, place) => {
      const { node, knob, values, said } = this.lines[place];
      knob.value = row.knob;
      knob.title = row.tip;
      // What somebody is typing stays.
      if (values.getRootNode().activeElement !== values || values.dataset.knob !== row.knob) values.value = row.values;
      values.dataset.knob = row.knob;
      values.setAttribute("aria-invalid", String(row.said !== ""));
      said.textContent = row.said;
      node.classList.toggle("wrong", row.said !== "");
    });
  }

  append(place) {
    const node = part("div", { className: "line" });
    const knob = part("select", {});
    knob.setAttribute("aria-label", `Knob ${place + 1}`);
    for (const { group, knobs } of this.model.options) {
      const section = part("optgroup", { label: group });
      for (const { name, title } of knobs) section.append(part("option", { value: name, textContent: title }));
      knob.append(section);
    }
    const values = part("input", { type: "text", autocomplete: "off", spellcheck: false });
    values.setAttribute("aria-label", `Values of knob ${place + 1}`);
    values.title = "Values with commas between them; between lists |; to be drawn, also LOWEST:HIGHEST.";
    const gone = part("button", { type: "button", textContent: "✕", title: "Remove" });
    gone.setAttribute("aria-label", `Remove knob ${place + 1}`);
    const said = part("p", {});
    said.setAttribute("role", "alert");
    knob.addEventListener("change", () => this.tell("knob", place, knob.value));
    let waiting = 0;
    const typed = () => {
      clearTimeout(waiting);
      this.tell("values", place, values.value);
    };
    values.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(typed, REST_MS);
    });
    values.addEventListener("change", typed);
    gone.addEventListener("click", () => {
      clearTimeout(waiting);
      this.tell("removed", place);
    });
    node.append(knob, values, gone, said);
    this.list.append(node);
    this.lines.push({ node, knob, values, said });
  }
}

export function render({ model }) {
  const lines = new Lines(model);
  model.on("rows", () => lines.show());
  return lines.node;
}
