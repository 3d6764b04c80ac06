// Parts of Bokeh that do otherwise for the explorer than for others.

// A class of Bokeh's views, the first time that it is asked for; another Bokeh may keep it elsewhere.
export function untouched(module, name) {
  try {
    const { prototype } = window.Bokeh.require(module)[name];
    if (Object.hasOwn(prototype, "dcrviz")) return null;
    prototype.dcrviz = true;
    return prototype;
  } catch {
    return null;
  }
}
