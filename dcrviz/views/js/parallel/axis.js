// An axis, of which somebody picks a piece by drawing along it, or by moving either end of the piece
// with the arrow keys.
import { dress, shape } from "./shapes.js";

const SIDE = 12;
// About the width of a letter of the ticks.
const LETTER = 6.2;
// Pixels below which a draw is a click, and how much of the axis an arrow key is.
const CLICK = 4;
const KEY_STEP = 1 / 20;

// Words that would run into each other are cut.
function cut(label, room) {
  return label.length > room ? `${label.slice(0, Math.max(1, room - 1))}…` : label;
}

export class Axis {
  // `drawn` is called while a piece is being drawn, `picked` when it is; null stands for all of the axis.
  constructor({ drawn, picked }) {
    Object.assign(this, { drawn, picked, piece: null, from: null });
    this.title = shape("text", { class: "title", x: SIDE - 4, y: -8 });
    this.rail = shape("line", { class: "rail", x1: SIDE, y1: 0, y2: 0 });
    this.ticks = shape("g", { "aria-hidden": "true" });
    this.brush = shape("rect", { class: "brush", y: -6, height: 12 });
    this.field = shape("rect", { class: "field", x: 0, y: -12, height: 24 });
    this.ends = [0, 1].map(() => shape("rect", { class: "end", y: -7, width: 5, height: 14, role: "slider", tabindex: 0 }));
    this.node = shape("g", { class: "axis" });
    this.node.append(this.title, this.rail, this.ticks, this.brush, this.field, ...this.ends);
    for (const target of [this.field, ...this.ends]) this.listenToPointer(target);
    this.ends.forEach((end, number) => end.addEventListener("keydown", (event) => this.pressed(number, event)));
  }

  x(place) {
    return SIDE + ((place - this.axis.low) / (this.axis.high - this.axis.low)) * (this.width - 2 * SIDE);
  }

  place(event) {
    const x = event.clientX - this.node.ownerSVGElement.getBoundingClientRect().left;
    const share = Math.min(1, Math.max(0, (x - SIDE) / (this.width - 2 * SIDE)));
    return this.axis.low + share * (this.axis.high - this.axis.low);
  }

  // Draw it at this height; what is being drawn on it stays.
  show(axis, y, width) {
    Object.assign(this, { axis, width });
    if (this.from === null) this.piece = axis.brush;
    dress(this.node, { "data-axis": axis.key, transform: `translate(0 ${y})` });
    this.title.textContent = axis.title;
    dress(this.rail, { x2: width - SIDE });
    dress(this.field, { width });
    this.ticks.replaceChildren(...axis.ticks.flatMap((tick, number) => this.tick(tick, number)));
    this.showPiece();
  }

  tick({ place, label }, number) {
    const { ticks, words } = this.axis;
    const x = this.x(place);
    const side = words ? 0 : number === 0 ? -1 : number === ticks.length - 1 ? 1 : 0;
    const anchor = { "-1": "start", 0: "middle", 1: "end" }[side];
    const room = words ? Math.floor((this.width - 2 * SIDE) / ticks.length / LETTER) : Infinity;
    return [
      shape("line", { class: "mark", x1: x, x2: x, y1: -3, y2: 3 }),
      shape("text", { class: "tick", x: x + 4 * side, y: 16, "text-anchor": anchor }, cut(label, room)),
    ];
  }

  showPiece() {
    const { low, high, title } = this.axis;
    const piece = this.piece ?? [low, high];
    const [from, to] = piece.map((place) => this.x(place));
    dress(this.brush, { x: from, width: Math.max(0, to - from) });
    this.node.classList.toggle("brushed", this.piece !== null);
    this.ends.forEach((end, number) =>
      dress(end, {
        x: [from, to][number] - 2.5,
        "aria-label": `${title}: ${["lowest", "highest"][number]} picked`,
        "aria-valuemin": low,
        "aria-valuemax": high,
        "aria-valuenow": piece[number],
        "aria-valuetext": this.written(piece[number]),
      }),
    );
  }

  written(place) {
    const { words, ticks, scale, logarithmic } = this.axis;
    if (words) return ticks[Math.min(ticks.length - 1, Math.max(0, Math.round(place)))].label;
    return String(Number((scale * (logarithmic ? 10 ** place : place)).toPrecision(3)));
  }

  holds(place) {
    if (this.piece === null) return true;
    const slack = 1e-9 * (this.axis.high - this.axis.low);
    return place !== null && place >= this.piece[0] - slack && place <= this.piece[1] + slack;
  }

  draw(piece) {
    this.piece = piece;
    this.showPiece();
    this.drawn();
  }

  listenToPointer(target) {
    const end = this.ends.indexOf(target);
    let moved = false;
    target.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      target.setPointerCapture(event.pointerId);
      const held = this.piece ?? [this.axis.low, this.axis.high];
      // An end that is drawn leaves the other where it is.
      this.from = { x: event.clientX, place: end < 0 ? this.place(event) : held[1 - end] };
      moved = false;
    });
    target.addEventListener("pointermove", (event) => {
      if (this.from === null || (!moved && Math.abs(event.clientX - this.from.x) < CLICK)) return;
      moved = true;
      const here = this.place(event);
      this.draw([Math.min(this.from.place, here), Math.max(this.from.place, here)]);
    });
    target.addEventListener("pointerup", () => {
      if (this.from === null) return;
      this.from = null;
      // A click lets the axis go.
      if (!moved && end < 0) this.draw(null);
      if (moved || end < 0) this.picked(this.piece);
    });
    target.addEventListener("pointercancel", () => {
      this.from = null;
    });
  }

  pressed(number, event) {
    const { words, low, high } = this.axis;
    const step = words ? 1 : (high - low) * KEY_STEP;
    const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step }[event.key];
    const gone = event.key === "Escape" || event.key === "Delete";
    if (by === undefined && !gone) return;
    event.preventDefault();
    event.stopPropagation();
    const piece = [...(this.piece ?? [low, high])];
    const limits = number ? [piece[0], high] : [low, piece[1]];
    piece[number] = Math.min(limits[1], Math.max(limits[0], piece[number] + by));
    this.draw(gone ? null : piece);
    this.picked(this.piece);
  }
}
