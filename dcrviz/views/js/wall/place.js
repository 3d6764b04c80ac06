// A place that somebody is shown: closely, under the cross, on the panel on which it is seen.
export function showPlace(wall, { x, y, key }) {
  const middle = { x: x + 0.5, y: y + 0.5 };
  wall.view.centre(middle);
  wall.readout.pixel = wall.view.pixel(middle);
  const panel = wall.rows.panels.find((one) => one.key === key);
  panel?.box.scrollIntoView({ block: "nearest" });
  wall.moved();
}
