// A slider elsewhere on the page that shows iterations as it moves, without the server.

// `told` has scrubbed(place) while it moves and rested() when the server has been told instead;
// gives the way to stop listening.
export function listenToScrubbing(model, told) {
  const take = ({ detail }) => {
    if (!model.channel || detail.channel !== model.channel) return;
    if (detail.resting) told.rested();
    else told.scrubbed(detail.value);
  };
  document.addEventListener("dcrviz-slide", take);
  return () => document.removeEventListener("dcrviz-slide", take);
}
