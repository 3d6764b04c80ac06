// The best painter that this browser has.
import { FlatPainter } from "./flat_painter.js";
import { GlPainter } from "./gl_painter.js";

// A canvas that refused WebGL2 can still be painted flat.
export function bestPainter(canvas, flat) {
  if (!flat) {
    try {
      return new GlPainter(canvas);
    } catch {
      canvas = canvas.parentNode.insertBefore(document.createElement("canvas"), canvas);
      canvas.nextSibling.remove();
      canvas.className = "pixels";
    }
  }
  return new FlatPainter(canvas);
}
