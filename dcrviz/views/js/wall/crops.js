// The newest pieces of iterations in full sharpness, one for each iteration.

const CROPS = 4;

export class Crops {
  constructor() {
    this.pieces = new Map();
  }

  add(piece) {
    this.pieces.delete(piece.id);
    this.pieces.set(piece.id, piece);
    if (this.pieces.size > CROPS) this.pieces.delete(this.pieces.keys().next().value);
  }

  // The piece of an iteration, if all of the view lies in it.
  over(id, view) {
    const piece = this.pieces.get(id);
    if (!piece) return null;
    const [x0, y0] = piece.region;
    const inside =
      view.x >= x0 - 0.5 &&
      view.y >= y0 - 0.5 &&
      view.x + view.width <= x0 + piece.width * piece.bin + 0.5 &&
      view.y + view.height <= y0 + piece.height * piece.bin + 0.5;
    return inside ? piece : null;
  }
}
