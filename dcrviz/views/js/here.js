// Tells that the browser holds what stands beside this, each time it is shown.

// Bokeh keeps the element that a tooltip points at where it keeps what the server is told. No message
// can carry it, and in a notebook none gets through after it.
function keepTooltipsHere() {
  const { _props: known } = window.Bokeh?.Models.get("Tooltip")?.prototype ?? {};
  const target = known?.target;
  if (target) target.options = { ...target.options, internal: true };
}

export function render({ model }) {
  keepTooltipsHere();
  const nothing = document.createElement("span");
  nothing.hidden = true;
  // Never the same number twice, also after the notebook was loaded anew.
  model.seen = performance.timeOrigin + performance.now();
  return nothing;
}
