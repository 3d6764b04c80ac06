// The list of rows from which a person chooses what is visible.
import { element } from "./elements.js";

// `chosen` is called with the names of the visible ones.
export class Chooser {
  constructor(chosen) {
    this.chosen = chosen;
    this.open = false;
  }

  make(plan) {
    const visible = new Set(plan.visible);
    const box = element("details", "chooser");
    box.append(element("summary", "", "Rows"));
    for (const row of plan.rows) box.append(this.check(row, visible));
    box.open = this.open;
    box.addEventListener("toggle", () => {
      this.open = box.open;
    });
    return box;
  }

  check(row, visible) {
    const check = document.createElement("input");
    check.type = "checkbox";
    check.checked = visible.has(row.name);
    check.addEventListener("change", () => {
      if (check.checked) visible.add(row.name);
      else visible.delete(row.name);
      this.chosen([...visible]);
    });
    const label = document.createElement("label");
    label.append(check, row.title);
    return label;
  }
}
