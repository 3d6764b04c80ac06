// Figures of the explorer are painted as their models say.
import { untouched } from "./bokeh.js";
import { frameOf } from "./frame.js";

// Bokeh lets stylesheets change what is painted, and so asks the browser for the style of a figure
// with each line, text and fill. It must know what is laid out where before it answers, which costs
// more than the painting. Stylesheets of the explorer change nothing of a figure.
export function leaveOutStylesheets() {
  const visual = untouched("core/visuals/visual", "VisualProperties");
  const ask = "_get_css_value";
  const asked = visual?.[ask];
  if (!asked) return;
  const inExplorer = new WeakMap();
  visual[ask] = function (name) {
    const { obj: view } = this;
    // What stands in no page yet has no style.
    if (!view.el.isConnected) return "";
    if (!inExplorer.has(view)) inExplorer.set(view, frameOf(view.el) !== null);
    return inExplorer.get(view) ? "" : asked.call(this, name);
  };
}

// So it does for the size of the page's type, with each number at each axis: the same all the while
// that a figure is painted.
export function askForTypeOnce() {
  const plots = untouched("models/plots/plot_canvas", "PlotView");
  const name = "base_font_size";
  const asked = plots && Object.getOwnPropertyDescriptor(plots, name)?.get;
  if (!asked) return;
  const known = new WeakMap();
  const get = function () {
    if (known.has(this)) return known.get(this);
    const size = asked.call(this);
    if (frameOf(this.el) !== null) {
      known.set(this, size);
      requestAnimationFrame(() => known.delete(this));
    }
    return size;
  };
  Object.defineProperty(plots, name, { get, configurable: true });
}
