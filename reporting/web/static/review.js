// Keys for the review: j and k move, s and d decide, u takes the last word back. Without scripts the buttons do.
"use strict";

(() => {
  const pairs = () => [...document.querySelectorAll(".pair")];

  function place() {
    const at = document.activeElement && document.activeElement.closest(".pair");
    return at ? pairs().indexOf(at) : -1;
  }

  function go(to) {
    const pair = pairs()[Math.max(0, Math.min(to, pairs().length - 1))];
    if (!pair) return;
    pair.focus({ preventScroll: true });
    pair.scrollIntoView({ block: "start" });
  }

  function press(pair, key) {
    const button = pair && pair.querySelector(`button[data-key="${key}"]:enabled`);
    if (button) button.click();
  }

  function undo() {
    const button = document.querySelector(".said button[data-key='u']");
    if (button) button.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === "j") go(place() + 1);
    else if (event.key === "k") go(place() - 1);
    else if (event.key === "s" || event.key === "d") press(pairs()[Math.max(0, place())], event.key);
    else if (event.key === "u") undo();
    else return;
    event.preventDefault();
  });

  // After a decision: the pair that came to the place of the one that is settled.
  document.addEventListener("DOMContentLoaded", () => {
    const found = /^#pair-(\d+)$/.exec(location.hash);
    if (found) go(Number(found[1]) - 1);
  });
})();
