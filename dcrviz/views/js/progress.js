// How far a run has come: a native progress bar with its words beside it.
export function render({ model }) {
  const box = document.createElement("label");
  box.className = "progress";
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", model.label);
  const words = document.createElement("span");
  box.append(bar, words);

  const show = () => {
    bar.max = 1;
    bar.value = model.value;
    bar.setAttribute("aria-valuetext", model.words);
    words.textContent = model.words;
    box.title = model.tip;
  };
  for (const name of ["value", "words"]) model.on(name, show);
  show();
  return box;
}
