// Tells that the browser holds what stands beside this, each time it is shown.

// Bokeh keeps the element that a tooltip points at where it keeps what the server is told. No message
// can carry it, and in a notebook none gets through after it.
function keepTooltipsHere() {
  const { _props: known } = window.Bokeh?.Models.get("Tooltip")?.prototype ?? {};
  const target = known?.target;
  if (target) target.options = { ...target.options, internal: true };
}

// A view is drawn before all of its page is: what comes for a page before that is dropped.
const LOOK_AGAIN_MS = 20;

export function render({ model, view }) {
  keepTooltipsHere();
  const nothing = document.createElement("span");
  nothing.hidden = true;
  let gone = false;
  model.on("remove", () => {
    gone = true;
  });
  const tell = () => {
    if (gone) return;
    // Never the same number twice, also after the notebook was loaded anew.
    if (view.root.model.id in window.Bokeh.index) model.seen = performance.timeOrigin + performance.now();
    else setTimeout(tell, LOOK_AGAIN_MS);
  };
  tell();
  return nothing;
}
