// A native dialog: it takes the focus, closes with Escape and gives the focus back.
export function render({ model }) {
  const dialog = document.createElement("dialog");
  const title = document.createElement("h2");
  const area = document.createElement("textarea");
  area.readOnly = true;
  area.spellcheck = false;
  const row = document.createElement("div");
  row.className = "row";
  const copy = document.createElement("button");
  copy.textContent = "Copy";
  const close = document.createElement("button");
  close.textContent = "Close";
  const said = document.createElement("span");
  said.setAttribute("role", "note");
  row.append(copy, close, said);
  dialog.append(title, area, row);

  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(area.value);
      said.textContent = "Copied.";
    } catch {
      // Without permission, or where the page is not served securely.
      area.focus();
      area.select();
      said.textContent = document.execCommand("copy") ? "Copied." : "Press Ctrl-C to copy.";
    }
  });
  close.addEventListener("click", () => dialog.close());
  model.on("content", () => {
    const { title: words, text, link } = model.content;
    title.textContent = words;
    dialog.setAttribute("aria-label", words);
    area.setAttribute("aria-label", words);
    area.value = link ? new URL(text, window.location.href).href : text;
    said.textContent = "";
    if (!dialog.open) dialog.showModal();
  });
  return dialog;
}
