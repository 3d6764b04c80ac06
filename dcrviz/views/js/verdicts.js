// What is wrong, in full: each verdict with its reason, where it is seen, and what may cure it.

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function button(words, act, name = words) {
  const node = element("button", "", words);
  node.type = "button";
  node.setAttribute("aria-label", name);
  node.addEventListener("click", act);
  return node;
}

class Verdicts {
  constructor(model, list) {
    this.model = model;
    this.list = list;
    this.known = new Map();
    this.show();
  }

  // Those that stay as they are keep what a person has opened in them.
  show() {
    const before = this.known;
    this.known = new Map();
    for (const verdict of this.model.verdicts) {
      const text = JSON.stringify(verdict);
      const old = before.get(verdict.id);
      const node = old?.text === text ? old.node : this.item(verdict, old?.node);
      this.known.set(verdict.id, { text, node });
    }
    const nodes = [...this.known.values()].map(({ node }) => node);
    const same = nodes.length === this.list.children.length && nodes.every((node, i) => this.list.children[i] === node);
    if (!same) this.list.replaceChildren(...nodes);
    this.mark();
  }

  item(verdict, old) {
    const item = element("li", verdict.severity);
    item.tabIndex = -1;
    item.dataset.row = verdict.id;
    const head = element("div", "head");
    const icon = element("span", "icon", verdict.icon);
    icon.ariaHidden = "true";
    head.append(icon, element("strong", "", verdict.title));
    const why = element("details", "");
    why.open = old?.querySelector("details").open ?? false;
    why.append(element("summary", "", "Why is this told?"), element("p", "", verdict.rule));
    item.append(head, element("p", "note", verdict.note), element("p", "", verdict.sentence), this.seen(verdict));
    if (verdict.remedies.length > 0) item.append(this.remedies(verdict));
    item.append(why);
    return item;
  }

  tell(type, verdict, place) {
    this.model.send_msg({ type, row: verdict.id, place });
  }

  // Where it is seen: iterations, and sources one after the other.
  seen(verdict) {
    const line = element("div", "acts");
    verdict.steps.forEach((words, place) => {
      line.append(button(words, () => this.tell("step", verdict, place), `${words}: ${verdict.title}`));
    });
    const { places } = verdict;
    if (!places) return line;
    let next = 0;
    const words = () => (places === 1 ? "Show source" : `Show source ${next + 1} of ${places}`);
    const show = button(words(), () => {
      this.tell("source", verdict, next);
      next = (next + 1) % places;
      show.textContent = words();
      show.setAttribute("aria-label", `${words()}: ${verdict.title}`);
    }, `${words()}: ${verdict.title}`);
    line.append(show);
    return line;
  }

  remedies(verdict) {
    const list = element("ul", "remedies");
    list.setAttribute("aria-label", "What may help");
    verdict.remedies.forEach(({ sentence, knobs }, place) => {
      const line = element("li", "", sentence);
      if (knobs) line.append(button("Try it", () => this.tell("try", verdict, place), `Try it: ${sentence}`));
      list.append(line);
    });
    return list;
  }

  // The one that somebody asked for comes into view.
  mark() {
    const { chosen } = this.model;
    for (const item of this.list.children) item.classList.toggle("chosen", item.dataset.row === chosen);
  }

  goTo(row) {
    const item = [...this.list.children].find((one) => one.dataset.row === row);
    item?.scrollIntoView({ block: "nearest" });
    item?.focus({ preventScroll: true });
  }
}

export function render({ model }) {
  const list = document.createElement("ul");
  list.className = "verdicts";
  list.setAttribute("aria-label", "Verdicts");
  const verdicts = new Verdicts(model, list);
  model.on("verdicts", () => verdicts.show());
  model.on("chosen", () => verdicts.mark());
  model.on("msg:custom", ({ row }) => verdicts.goTo(row));
  requestAnimationFrame(() => model.chosen && verdicts.goTo(model.chosen));
  return list;
}
