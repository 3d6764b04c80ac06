// Figures of the explorer are painted as their models say.
import { frameOf } from "./frame.js";

// Bokeh lets stylesheets change what is painted, and so asks the browser for the style of a figure
// with each line, text and fill. It must know what is laid out where before it answers, which costs
// more than the painting. Stylesheets of the explorer change nothing of a figure.
export function leaveOutStylesheets() {
  const visual = visualProperties();
  const ask = "_get_css_value";
  if (!visual?.[ask] || visual.dcrviz) return;
  const asked = visual[ask];
  const inExplorer = new WeakMap();
  visual.dcrviz = true;
  visual[ask] = function (name) {
    const { obj: view } = this;
    // What stands in no page yet has no style.
    if (!view.el.isConnected) return "";
    if (!inExplorer.has(view)) inExplorer.set(view, frameOf(view.el) !== null);
    return inExplorer.get(view) ? "" : asked.call(this, name);
  };
}

// Another Bokeh may keep it elsewhere.
function visualProperties() {
  try {
    return window.Bokeh.require("core/visuals/visual").VisualProperties.prototype;
  } catch {
    return null;
  }
}
