// What changes its own size alone has nothing laid out anew.
import { untouched } from "./bokeh.js";
import { frameOf } from "./frame.js";

// Bokeh lays out its whole page whenever a part of it takes another size, and asks the browser for
// the place of each part. In the explorer only figures, and what holds other parts, have anything
// that Bokeh lays out; they are told of their own sizes.
export function leavePartsAlone() {
  const views = untouched("models/layouts/layout_dom", "LayoutDOMView");
  const tell = "_after_resize";
  const layOut = views?.[tell];
  if (!layOut) return;
  views[tell] = function () {
    const holds = this.is_layout_root || this.layout || this.layoutable_views.length > 0;
    if (holds || frameOf(this.el) === null) layOut.call(this);
  };
}
