// Two ways to paint bytes through a table of colours: WebGL2, and a plain canvas where there is none.
import { byteColours } from "./colours.js";

const VERTICES = `#version 300 es
out vec2 at;
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  at = corner;
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;
const FRAGMENTS = `#version 300 es
precision highp float;
precision highp usampler2D;
in vec2 at;
out vec4 colour;
uniform usampler2D pixels;
uniform sampler2D colours;
uniform vec4 view;
uniform vec3 empty;
uniform bool coloured;
void main() {
  vec2 place = view.xy + at * view.zw;
  ivec2 size = textureSize(pixels, 0);
  ivec2 pixel = ivec2(floor(place));
  if (pixel.x < 0 || pixel.y < 0 || pixel.x >= size.x || pixel.y >= size.y) {
    colour = vec4(empty, 1.0);
    return;
  }
  uvec4 bytes = texelFetch(pixels, pixel, 0);
  colour = coloured ? vec4(vec3(bytes.rgb) / 255.0, 1.0) : texelFetch(colours, ivec2(int(bytes.r), 0), 0);
}`;

// Colours of the bytes of a panel; made anew only when the look of its group has changed.
class Tables {
  constructor() {
    this.known = new Map();
  }

  of(panel, look) {
    const name = [panel.unit, panel.low, panel.high, panel.curved, look.low, look.high].join();
    const key = `${name},${look.stretch},${look.colours}`;
    if (!this.known.has(key)) {
      if (this.known.size > 64) this.known.clear();
      this.known.set(key, byteColours(panel, look));
    }
    return this.known.get(key);
  }
}

export class GlPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.tables = new Tables();
    const gl = canvas.getContext("webgl2", { antialias: false, preserveDrawingBuffer: true });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    const program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, VERTICES],
      [gl.FRAGMENT_SHADER, FRAGMENTS],
    ]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
    gl.useProgram(program);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.places = Object.fromEntries(
      ["pixels", "colours", "view", "empty", "coloured"].map((name) => [name, gl.getUniformLocation(program, name)]),
    );
    this.textures = new Map();
    this.colours = this.texture();
  }

  texture() {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
      gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
    return texture;
  }

  // One texture for each place on the wall: its bytes go to the card when they are others.
  pixelsOf(slot, panel, width, height) {
    const gl = this.gl;
    let held = this.textures.get(slot);
    if (!held) {
      held = { texture: this.texture(), pixels: null };
      this.textures.set(slot, held);
    }
    gl.bindTexture(gl.TEXTURE_2D, held.texture);
    if (held.pixels !== panel.pixels) {
      const [inside, outside] =
        panel.channels === 3 ? [gl.RGB8UI, gl.RGB_INTEGER] : [gl.R8UI, gl.RED_INTEGER];
      gl.texImage2D(
        gl.TEXTURE_2D, 0, inside, width, height, 0, outside, gl.UNSIGNED_BYTE, panel.pixels,
      );
      held.pixels = panel.pixels;
    }
  }

  begin(width, height, background) {
    const gl = this.gl;
    if (this.canvas.width !== width || this.canvas.height !== height)
      Object.assign(this.canvas, { width, height });
    this.background = background;
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
  }

  // `box` in device pixels from the upper left, `view` the part of the image: x, y, width, height.
  paint(slot, box, frame, panel, view, look) {
    const gl = this.gl;
    const low = this.canvas.height - box.y - box.height;
    gl.viewport(box.x, low, box.width, box.height);
    gl.scissor(box.x, low, box.width, box.height);
    gl.activeTexture(gl.TEXTURE0);
    this.pixelsOf(slot, panel, frame.width, frame.height);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.colours);
    const coloured = panel.channels === 3;
    if (!coloured) {
      const table = this.tables.of(panel, look);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, table);
    }
    gl.uniform1i(this.places.coloured, coloured ? 1 : 0);
    gl.uniform1i(this.places.pixels, 0);
    gl.uniform1i(this.places.colours, 1);
    gl.uniform4f(this.places.view, view.x, view.y, view.width, view.height);
    gl.uniform3f(this.places.empty, ...this.background);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}

export class FlatPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.tables = new Tables();
    this.sheets = new Map();
  }

  begin(width, height, background) {
    Object.assign(this.canvas, { width, height });
    this.background = `rgb(${background.map((part) => Math.round(255 * part)).join()})`;
    this.context.imageSmoothingEnabled = false;
  }

  sheetOf(slot, panel, frame, look) {
    let sheet = this.sheets.get(slot);
    if (!sheet) {
      sheet = { canvas: document.createElement("canvas") };
      this.sheets.set(slot, sheet);
    }
    const coloured = panel.channels === 3;
    const table = coloured ? null : this.tables.of(panel, look);
    if (sheet.pixels === panel.pixels && sheet.table === table) return sheet.canvas;
    const { width, height } = frame;
    Object.assign(sheet.canvas, { width, height });
    const context = sheet.canvas.getContext("2d");
    const image = context.createImageData(width, height);
    const target = new Uint32Array(image.data.buffer);
    const colours = coloured ? null : new Uint32Array(table.buffer);
    const { pixels } = panel;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        // Row 0 of an image is its lowest, of a canvas its highest.
        target[(height - 1 - y) * width + x] = coloured
          ? 0xff000000 | (pixels[3 * at + 2] << 16) | (pixels[3 * at + 1] << 8) | pixels[3 * at]
          : colours[pixels[at]];
      }
    context.putImageData(image, 0, 0);
    Object.assign(sheet, { pixels: panel.pixels, table });
    return sheet.canvas;
  }

  paint(slot, box, frame, panel, view, look) {
    const sheet = this.sheetOf(slot, panel, frame, look);
    const context = this.context;
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.fillStyle = this.background;
    context.fillRect(box.x, box.y, box.width, box.height);
    const scale = box.width / view.width;
    const top = frame.height - view.y - view.height;
    context.drawImage(
      sheet, box.x - view.x * scale, box.y - top * scale, frame.width * scale, frame.height * scale,
    );
    context.restore();
  }
}

// The best painter that this browser has; a canvas that refused WebGL2 can still be painted flat.
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
