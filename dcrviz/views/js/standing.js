// Where a run stands. What a button says is read at once, until the server says something else.
export function render({ model }) {
  const box = document.createElement("div");
  box.className = "standing";
  const sentence = document.createElement("div");
  sentence.setAttribute("role", "status");
  const note = document.createElement("div");
  note.setAttribute("role", "note");
  note.className = "history";
  box.append(sentence, note);

  let said = "";
  const show = () => {
    sentence.textContent = [model.place, said || model.doing].filter(Boolean).join(" ");
    note.textContent = model.note;
    note.hidden = model.note === "";
  };
  const hear = ({ detail }) => {
    if (detail.channel !== model.channel) return;
    said = detail.words;
    show();
  };
  const answered = () => {
    said = "";
    show();
  };
  document.addEventListener("dcrviz-say", hear);
  model.on("remove", () => document.removeEventListener("dcrviz-say", hear));
  model.on("doing", answered);
  for (const name of ["place", "note"]) model.on(name, show);
  show();
  return box;
}
