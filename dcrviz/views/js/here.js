// Tells that the browser holds what stands beside this, each time it is shown.

// Bokeh keeps the element that a tooltip points at where it keeps what the server is told. No message
// can carry it, and in a notebook none gets through after it.
function keepTooltipsHere() {
  const { _props: known } = window.Bokeh?.Models.get("Tooltip")?.prototype ?? {};
  const target = known?.target;
  if (target) target.options = { ...target.options, internal: true };
}

// What Panel's page in a notebook keeps back until the kernel answers; an answer may never come.
function sendKeptBack(page) {
  for (const manager of window.PyViz?.shared_views?.get(page) ?? []) manager.on_ack({ metadata: {} });
}

// A view is drawn before all of its page is: what comes for a page before that is dropped.
const LOOK_AGAIN_MS = 20;
// JupyterLab lets what a page tells pass by the cells that run, but not the word that there is such
// a page: until the kernel has that, it drops what it is told.
const TELL_AGAIN_MS = { first: 250, last: 2000 };

export function render({ model, view }) {
  keepTooltipsHere();
  const nothing = document.createElement("span");
  nothing.hidden = true;
  const page = view.root.model.id;
  // Never the same number twice, also after the notebook was loaded anew.
  const shown = performance.timeOrigin + performance.now();
  let gone = false;
  model.on("remove", () => {
    gone = true;
  });
  const tell = (wait) => {
    if (gone || model.heard === shown) return;
    model.send_msg({ shown });
    if (wait > TELL_AGAIN_MS.first) sendKeptBack(page);
    setTimeout(tell, wait, Math.min(2 * wait, TELL_AGAIN_MS.last));
  };
  const look = () => {
    if (gone) return;
    if (page in window.Bokeh.index) tell(TELL_AGAIN_MS.first);
    else setTimeout(look, LOOK_AGAIN_MS);
  };
  look();
  return nothing;
}
