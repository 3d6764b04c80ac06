// The best painter that this browser has.
import { FlatPainter } from "./flat_painter.js";
import { GlPainter } from "./gl_painter.js";

// WebGL that a processor has to work out is slower than a plain canvas; a canvas that refused WebGL2
// can still be painted flat.
export function bestPainter(canvas, wanted) {
  if (wanted !== "flat") {
    try {
      return new GlPainter(canvas, { failIfMajorPerformanceCaveat: wanted === "fastest" });
    } catch {
      const plain = document.createElement("canvas");
      plain.className = canvas.className;
      canvas.replaceWith(plain);
      return new FlatPainter(plain);
    }
  }
  return new FlatPainter(canvas);
}
