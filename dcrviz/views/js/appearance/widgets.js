// A widget hears what changes when it has been drawn.
import { untouched } from "./bokeh.js";

// Bokeh's widgets listen as soon as they are made, and are drawn only when all that comes with them
// is made as well, which takes time if there is a figure in it. What changes meanwhile they look for
// in elements that are not there yet. Here they do so once they are drawn.
export function hearWhenDrawn() {
  const widgets = untouched("models/widgets/widget", "WidgetView");
  const [listen, finish] = ["on_change", "after_render"];
  const [listens, finishes] = [widgets?.[listen], widgets?.[finish]];
  if (!listens || !finishes) return;
  const unheard = new WeakMap();
  widgets[listen] = function (properties, act) {
    listens.call(this, properties, (...told) => {
      if (isDrawn(this)) act.apply(this, told);
      else unheard.set(this, (unheard.get(this) ?? new Set()).add(act));
    });
  };
  widgets[finish] = function () {
    finishes.call(this);
    const acts = unheard.get(this) ?? [];
    unheard.delete(this);
    for (const act of acts) act.call(this);
  };
}

function isDrawn({ shadow_el: root }) {
  return root.childElementCount > 0;
}
