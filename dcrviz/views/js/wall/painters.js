// The best painter that this browser has.
import { FlatPainter } from "./flat_painter.js";
import { GlPainter } from "./gl_painter.js";

// Names under which a processor works out what a graphics card should.
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/iu;

// Without a card a plain canvas is faster.
export function bestPainter(canvas, wanted) {
  if (wanted === "webgl" || (wanted === "fastest" && hasCard())) {
    try {
      return new GlPainter(canvas);
    } catch {
      return new FlatPainter(replaced(canvas));
    }
  }
  return new FlatPainter(canvas);
}

function hasCard() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return false;
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !SOFTWARE.test(name);
}

// A canvas that was asked for WebGL once gives nothing else any more.
function replaced(canvas) {
  const other = document.createElement("canvas");
  other.className = canvas.className;
  canvas.replaceWith(other);
  return other;
}
