// Tells that the browser holds what stands beside this, each time it is shown.
export function render({ model }) {
  const nothing = document.createElement("span");
  nothing.hidden = true;
  // Never the same number twice, also after the notebook was loaded anew.
  model.seen = performance.timeOrigin + performance.now();
  return nothing;
}
