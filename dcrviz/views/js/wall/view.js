// The part of the field that every panel shows, in its pixels; y goes up.

const LEAST_PX = 8;
// Enough to see a source with its surroundings.
const CLOSE_PX = 48;

export class View {
  constructor() {
    this.field = null;
    Object.assign(this, { x: 0, y: 0, width: 1, height: 1 });
  }

  // Another field is shown as a whole; the same one stays as it is.
  fit(field) {
    const same = this.field?.join() === field.join();
    this.field = field;
    if (!same) this.whole();
  }

  whole() {
    const [height, width] = this.field;
    Object.assign(this, { x: 0, y: 0, width, height });
  }

  // Whether all of the field is shown, so that nothing is left to be zoomed out.
  get isWhole() {
    return this.x === 0 && this.y === 0 && this.width === this.field[1];
  }

  // Where in the field an event over a box was.
  at(event, box) {
    const edge = box.getBoundingClientRect();
    return {
      x: this.x + ((event.clientX - edge.x) / edge.width) * this.width,
      y: this.y + (1 - (event.clientY - edge.y) / edge.height) * this.height,
    };
  }

  // The whole pixel at a place; null outside the field.
  pixel({ x, y }) {
    const [height, width] = this.field;
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    return inside ? { x: Math.floor(x), y: Math.floor(y) } : null;
  }

  pan(from, to) {
    this.x += from.x - to.x;
    this.y += from.y - to.y;
  }

  // Wider by a factor, about a place that stays where it is.
  zoom(factor, fixed) {
    const [height, width] = this.field;
    const wide = Math.max(LEAST_PX, Math.min(width, this.width * factor));
    if (wide === width) {
      this.whole();
      return;
    }
    const scale = wide / this.width;
    this.x = fixed.x - (fixed.x - this.x) * scale;
    this.y = fixed.y - (fixed.y - this.y) * scale;
    this.width = wide;
    this.height = (wide * height) / width;
  }

  // A pixel closely, in the middle; gives it, if it is one. Without a place the whole field.
  closely({ x, y }) {
    if (x === null) {
      this.whole();
      return null;
    }
    const [height, width] = this.field;
    const wide = Math.min(width, CLOSE_PX);
    const high = (wide * height) / width;
    Object.assign(this, { x: x + 0.5 - wide / 2, y: y + 0.5 - high / 2, width: wide, height: high });
    return this.pixel({ x: x + 0.5, y: y + 0.5 });
  }

  // A part of it from left to right, 0 to 1.
  piece(from, to) {
    const width = (to - from) * this.width;
    return { x: this.x + from * this.width, y: this.y, width, height: this.height };
  }
}
