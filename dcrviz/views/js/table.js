// A native table: sorted by its headings, its fields named for screen readers, kept while it changes.

const SORTED = { 1: "ascending", "-1": "descending" };

function missing(value) {
  return value === null || value === undefined || value === "";
}

function written(value, column) {
  if (missing(value)) return "-";
  return typeof value === "number" ? value.toFixed(column.digits ?? 0) : String(value);
}

// Cells of each kind: what they are made of, and how they show a value.
const KINDS = {
  text: {
    make: (cell) => cell,
    show: (cell, value, column) => {
      cell.textContent = written(value, column);
    },
  },
  number: {
    make: (cell) => {
      cell.classList.add("number");
      return cell;
    },
    show: (cell, value, column) => {
      cell.textContent = written(value, column);
    },
  },
  check: {
    make: (cell, turned) => input(cell, { type: "checkbox" }, (box) => turned(box.checked)),
    show: (box, value) => {
      box.checked = value;
    },
  },
  field: {
    make: (cell, turned) =>
      field(cell, { type: "number", min: 0, step: "any" }, (box) => {
        if (box.value !== "" && box.checkValidity()) turned(Number(box.value));
      }),
    show: held,
  },
  name: {
    make: (cell, turned) => field(cell, { type: "text" }, (box) => turned(box.value)),
    show: held,
  },
  button: {
    make: (cell, turned) => {
      const button = document.createElement("button");
      button.addEventListener("click", () => turned(true));
      cell.append(button);
      return button;
    },
    show: (button, value) => {
      button.textContent = value || "";
      button.hidden = !value;
    },
  },
};

function input(cell, attributes, changed) {
  const box = document.createElement("input");
  Object.assign(box, attributes);
  box.addEventListener("change", () => changed(box));
  cell.append(box);
  return box;
}

// A value that is refused, or not finished, goes back to the one that holds.
function field(cell, attributes, changed) {
  const box = input(cell, attributes, changed);
  box.addEventListener("blur", () => {
    box.value = box.dataset.held;
  });
  return box;
}

// What somebody is typing stays.
function held(box, value) {
  box.dataset.held = value;
  if (box.getRootNode().activeElement !== box || box.value === "") box.value = value;
}

function fill(cell, row) {
  const { column, part } = cell;
  const value = row.cells[column.key];
  // What a person has turned meanwhile is not turned back by older news.
  if (cell.value !== value) KINDS[column.kind].show(part, value, column);
  cell.value = value;
  const named = part.matches("button") ? value : column.title;
  if (part.matches("input, button")) part.setAttribute("aria-label", `${named}: ${row.name}`);
}

class Table {
  constructor(model) {
    this.model = model;
    this.lines = new Map();
    this.sorted = { key: null, way: 1 };
    this.pressed = false;
    this.late = null;
    this.node = document.createElement("table");
    this.caption = document.createElement("caption");
    this.head = document.createElement("thead");
    this.body = document.createElement("tbody");
    this.node.append(this.caption, this.head, this.body);
    this.node.addEventListener("pointerdown", () => {
      this.pressed = true;
    });
    this.arrange();
  }

  // News waits while somebody presses: a button that went, or moved, would hear no click.
  news(kind) {
    if (!this.pressed) this[kind]();
    else if (this.late !== "arrange") this.late = kind;
  }

  released() {
    const { late } = this;
    this.pressed = false;
    this.late = null;
    if (late !== null) this[late]();
  }

  tell(type, row, column = "", value = null) {
    this.model.send_msg({ type, row, column, value });
  }

  // Headings anew; the lines follow them.
  arrange() {
    this.caption.textContent = this.model.caption;
    const line = document.createElement("tr");
    for (const column of this.model.columns) line.append(this.heading(column));
    this.head.replaceChildren(line);
    this.body.replaceChildren();
    this.lines.clear();
    this.show();
  }

  heading(column) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.title = column.tip ?? "";
    if (column.kind === "button") {
      cell.setAttribute("aria-label", column.title);
      return cell;
    }
    const button = document.createElement("button");
    button.textContent = column.title;
    button.addEventListener("click", () => {
      const again = this.sorted.key === column.key;
      this.sorted = { key: column.key, way: again ? -this.sorted.way : 1 };
      this.show();
    });
    cell.dataset.key = column.key;
    cell.append(button);
    return cell;
  }

  show() {
    for (const cell of this.head.querySelectorAll("th[data-key]")) {
      if (cell.dataset.key === this.sorted.key) cell.setAttribute("aria-sort", SORTED[this.sorted.way]);
      else cell.removeAttribute("aria-sort");
    }
    const rows = this.inOrder();
    const ids = new Set(rows.map((row) => row.id));
    for (const [id, line] of this.lines) {
      if (ids.has(id)) continue;
      line.node.remove();
      this.lines.delete(id);
    }
    rows.forEach((row, place) => {
      if (!this.lines.has(row.id)) this.lines.set(row.id, this.line(row));
      const { node, cells } = this.lines.get(row.id);
      // One that is in its place keeps the focus that it may have.
      if (this.body.children[place] !== node) this.body.insertBefore(node, this.body.children[place] ?? null);
      node.className = row.look ?? "";
      node.setAttribute("aria-current", String(row.look === "chosen"));
      for (const cell of cells) fill(cell, row);
    });
  }

  line(row) {
    const node = document.createElement("tr");
    node.dataset.row = row.id;
    node.addEventListener("click", (event) => {
      if (!event.target.closest("input, button")) this.tell("chosen", row.id);
    });
    node.addEventListener("pointerenter", () => this.tell("hovered", row.id));
    node.addEventListener("pointerleave", () => this.tell("hovered", ""));
    const cells = this.model.columns.map((column, place) => {
      const cell = document.createElement(place ? "td" : "th");
      if (!place) cell.scope = "row";
      node.append(cell);
      const turned = (value) => this.tell("turned", row.id, column.key, value);
      return { column, part: KINDS[column.kind].make(cell, turned) };
    });
    return { node, cells };
  }

  inOrder() {
    const { key, way } = this.sorted;
    if (key === null) return this.model.rows;
    return this.model.rows.toSorted((one, other) => {
      const [a, b] = [one.cells[key], other.cells[key]];
      // What is not known comes last either way.
      if (missing(a) || missing(b)) return missing(a) - missing(b);
      const text = typeof a === "string" || typeof b === "string";
      return way * (text ? String(a).localeCompare(String(b), undefined, { numeric: true }) : a - b);
    });
  }
}

export function render({ model }) {
  const table = new Table(model);
  for (const name of ["columns", "caption"]) model.on(name, () => table.news("arrange"));
  model.on("rows", () => table.news("show"));
  // The click comes right after the release.
  const release = () => setTimeout(() => table.released());
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, release);
    model.on("remove", () => window.removeEventListener(end, release));
  }
  const box = document.createElement("div");
  box.className = "table";
  box.append(table.node);
  return box;
}
