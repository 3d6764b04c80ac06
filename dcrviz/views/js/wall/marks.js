// What is drawn over the pixels: rings on holes, the way to the zenith, and the crosshair.

export function drawRings(context, box, view, rings) {
  const scale = box.width / view.width;
  for (const [x, y, radius, kind] of rings ?? []) {
    context.strokeStyle = kind === "hole" ? "#00e5ff" : "#ffb000";
    context.lineWidth = 1.5;
    context.beginPath();
    const at = onScreen(box, view, x + 0.5, y + 0.5);
    context.arc(at.x, at.y, Math.max(4, radius * scale), 0, 2 * Math.PI);
    context.stroke();
  }
}

export function drawArrow(context, box, arrow) {
  if (!arrow) return;
  const length = 16;
  const x = box.x + 24;
  const y = box.y + 24;
  const [dx, dy] = [arrow[0] * length, -arrow[1] * length];
  const draw = (colour, width) => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - dx / 2, y - dy / 2);
    context.lineTo(x + dx / 2, y + dy / 2);
    for (const side of [-1, 1]) {
      const angle = Math.atan2(dy, dx) + side * 2.6;
      context.moveTo(x + dx / 2, y + dy / 2);
      context.lineTo(x + dx / 2 + 6 * Math.cos(angle), y + dy / 2 + 6 * Math.sin(angle));
    }
    context.stroke();
  };
  draw("#000a", 4);
  draw("#fff", 1.8);
}

export function drawCross(context, box, view, pixel) {
  if (!pixel) return;
  const at = onScreen(box, view, pixel.x + 0.5, pixel.y + 0.5);
  context.strokeStyle = "#fffc";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(box.x, at.y);
  context.lineTo(box.x + box.width, at.y);
  context.moveTo(at.x, box.y);
  context.lineTo(at.x, box.y + box.height);
  context.stroke();
}

export function clipped(context, box, draw) {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  draw();
  context.restore();
}

function onScreen(box, view, x, y) {
  return {
    x: box.x + ((x - view.x) / view.width) * box.width,
    y: box.y + (1 - (y - view.y) / view.height) * box.height,
  };
}
