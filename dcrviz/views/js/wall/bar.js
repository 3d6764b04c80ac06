// The lines above the images: which rows there are, how they look, and why they may be out of date.
import { Chooser } from "./chooser.js";
import { element } from "./elements.js";

export class Bar {
  // `chosen` is called with the names of the rows that somebody wants to see.
  constructor(model, chosen) {
    this.model = model;
    this.chooser = new Chooser(chosen);
    this.node = element("div", "bar");
    this.note = element("p", "note");
    this.note.setAttribute("role", "note");
    this.tell();
  }

  arrange(plan, looks) {
    this.node.replaceChildren(this.note, this.chooser.make(plan), ...looks);
  }

  // Images of what was before are faint, once what followed was refused.
  tell() {
    this.note.textContent = this.model.stale;
    this.note.hidden = !this.model.stale;
    this.node.classList.toggle("stale", !this.note.hidden);
  }
}
