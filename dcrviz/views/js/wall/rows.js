// The rows of panels as elements: which there are, how wide, and which a person has chosen.
import { element } from "./elements.js";

const GAP = 6;
const SIDES = { least: 150, liked: 170, most: 300 };
const LARGE = 560;
const LARGEST_ROW = 8;

// `told` has added(box, panel) for each new panel and compared(panel) when its button is clicked.
export class Rows {
  constructor(told) {
    this.told = told;
    this.node = element("div", "rows");
    this.panels = [];
    this.most = 1;
  }

  arrange(plan, compare) {
    this.panels = [];
    const visible = plan.rows.filter((row) => plan.visible.includes(row.name));
    this.most = Math.max(3, ...visible.map((row) => Math.min(row.panels.length, LARGEST_ROW)));
    this.node.replaceChildren(compare, ...visible.map((row) => this.row(row)));
  }

  row(row) {
    const section = document.createElement("section");
    section.setAttribute("aria-label", row.title);
    const line = element("div", "panels");
    line.append(...row.panels.map((panel) => this.panel(row, panel)));
    section.append(element("h3", "", row.title), line);
    return section;
  }

  panel(row, panel) {
    const box = element("div", "box");
    box.dataset.key = panel.key;
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `${row.title}: ${panel.title}`);
    const value = element("span", "value");
    const entry = { ...panel, row: row.name, scale: row.scale, value, box };
    const add = element("button", "", "+");
    add.title = "Compare: show large, beside or in turn with others";
    add.setAttribute("aria-label", `compare ${row.title}: ${panel.title}`);
    add.addEventListener("click", () => this.told.compared(entry));
    const caption = document.createElement("figcaption");
    caption.append(element("span", "", panel.title), value, add);
    const node = element("figure", "panel");
    node.append(caption, box);
    this.panels.push(entry);
    this.told.added(box);
    return node;
  }

  // Scrolls to a panel, if it is there.
  bring(key) {
    this.panels.find((one) => one.key === key)?.box.scrollIntoView({ block: "nearest" });
  }

  // Sizes of the boxes from the width that there is; gives the width of a panel, 0 without room.
  fit([height, width], largest, compare) {
    const room = this.node.clientWidth;
    if (!room) return 0;
    // As many side by side as have room at the size that people like, and as wide as fills the line.
    const beside = Math.min(this.most, Math.floor((room + GAP) / (SIDES.liked + GAP))) || 1;
    const wide = Math.floor((room - (beside - 1) * GAP) / beside) - 2;
    const side = Math.max(SIDES.least, Math.min(largest || SIDES.most, wide));
    const size = (box, across) => {
      box.style.width = `${across}px`;
      box.style.height = `${Math.round((across * height) / width)}px`;
    };
    for (const panel of this.panels) size(panel.box, side);
    const tallest = (Math.max(SIDES.least, compare.high) * width) / height;
    size(compare.box, Math.min(room - 2 * GAP, LARGE, tallest));
    return side;
  }
}
