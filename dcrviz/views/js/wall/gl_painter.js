// Paints bytes through a table of colours on the graphics card, with WebGL2.
import { Tables } from "./tables.js";

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

export class GlPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.tables = new Tables();
    const gl = canvas.getContext("webgl2", {
      antialias: false,
      preserveDrawingBuffer: true,
    });
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
    const { gl } = this;
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
    const { gl } = this;
    let held = this.textures.get(slot);
    if (!held) {
      held = { texture: this.texture(), pixels: null, shape: "" };
      this.textures.set(slot, held);
    }
    gl.bindTexture(gl.TEXTURE_2D, held.texture);
    if (held.pixels === panel.pixels) return;
    const [inside, outside] =
      panel.channels === 3 ? [gl.RGB8UI, gl.RGB_INTEGER] : [gl.R8UI, gl.RED_INTEGER];
    const shape = [width, height, inside].join();
    const bytes = [outside, gl.UNSIGNED_BYTE, panel.pixels];
    if (held.shape === shape) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, ...bytes);
    else gl.texImage2D(gl.TEXTURE_2D, 0, inside, width, height, 0, ...bytes);
    Object.assign(held, { pixels: panel.pixels, shape });
  }

  // Lets go of the textures of all other places.
  keepOnly(slots) {
    for (const [slot, { texture }] of this.textures)
      if (!slots.has(slot)) {
        this.gl.deleteTexture(texture);
        this.textures.delete(slot);
      }
  }

  begin(width, height, background) {
    const { gl } = this;
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
    const { gl } = this;
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
