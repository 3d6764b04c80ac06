// The heading of a card, which is in a button of Panel's: that tells no screen reader whether the
// card is open. Where there is no such button, or no card, the heading is a heading only.

const followed = new WeakSet();

function cardOf(view) {
  for (let one = view; one; one = one.parent) if ("collapsed" in one.model) return one.model;
  return null;
}

function tell(element, open) {
  for (let node = element; node; node = node.parentNode ?? node.host) {
    if (node instanceof HTMLButtonElement) node.setAttribute("aria-expanded", `${open}`);
  }
}

export function render({ model, view }) {
  const heading = document.createElement("h3");
  const show = () => {
    heading.textContent = model.title;
  };
  model.on("title", show);
  show();

  // The card is drawn anew, with another button, when its content comes.
  const card = cardOf(view);
  const follow = () => tell(view.el, !card.collapsed);
  if (card !== null) {
    follow();
    if (!followed.has(view)) view.connect(card.properties.collapsed.change, follow);
    followed.add(view);
  }
  return heading;
}
