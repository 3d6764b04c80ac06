// The page of a run that stands alone: the explorer's wall, fed from the page itself.
import { render } from "../wall/wall.js";
import { RunModel } from "./model.js";
import { Player } from "./player.js";
import { Telling } from "./telling.js";

const OLD = "This page needs Chrome 80, Firefox 113, Safari 16.4 or a newer browser to unpack its images.";

// The wall has its styles to itself, as in the explorer.
function showWall(model) {
  const root = document.querySelector("#wall").attachShadow({ mode: "open" });
  root.append(document.querySelector("#wall-style").content.cloneNode(true), render({ model }));
}

// The place that the address names, as in page.html#7; else the one that the run was left at.
function firstPlace(shown, number) {
  const place = Number(location.hash.slice(1) || NaN);
  return Number.isInteger(place) && place >= 0 && place < number ? place : shown;
}

// The images of each row by its name; the page lets go of its text.
function packedRows() {
  const rows = [...document.querySelectorAll("script.row")];
  for (const row of rows) row.remove();
  return new Map(rows.map((row) => [row.dataset.row, row.textContent]));
}

export async function takeAway() {
  const { plan, shown, steps } = JSON.parse(document.querySelector("#told").textContent);
  if (!("DecompressionStream" in window)) {
    document.querySelector("#words").textContent = OLD;
    return;
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const timeline = steps.map((_, place) => place).join(" ");
  const model = new RunModel(packedRows(), { plan, timeline, dark: dark.matches });
  dark.addEventListener("change", () => model.change("dark", dark.matches));
  showWall(model);
  await model.bring(plan.visible);
  let player = null;
  const telling = new Telling(steps, (place) => player.go(place));
  player = new Player(steps.length, (place) => {
    model.change("shown", `${place}`);
    telling.show(place);
  });
  player.begin(firstPlace(shown, steps.length));
  document.documentElement.dataset.ready = "true";
}
