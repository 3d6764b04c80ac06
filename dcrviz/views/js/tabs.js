// Headings of parts of which one is on show: one stop for the Tab key, arrows between them.
export function render({ model }) {
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", model.label);
  const choose = (name) => {
    model.value = name;
  };
  const tabs = model.names.map((name, place) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.textContent = name;
    tab.setAttribute("role", "tab");
    tab.addEventListener("click", () => choose(name));
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      const next = (place + by + tabs.length) % tabs.length;
      choose(model.names[next]);
      tabs[next].focus();
    });
    return tab;
  });
  const show = () => {
    tabs.forEach((tab, place) => {
      const chosen = model.names[place] === model.value;
      tab.setAttribute("aria-selected", `${chosen}`);
      tab.tabIndex = chosen ? 0 : -1;
    });
  };
  list.append(...tabs);
  model.on("value", show);
  show();
  return list;
}
