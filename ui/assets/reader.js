// Runs once for the reader: brings the cited sentence into view whenever another one is opened.
const page = (window.dateline ??= { lastCited: null, shown: null, showMark: null });
const pane = element.closest("#dl-reader");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function showMark() {
  const mark = element.querySelector("mark") ?? element.querySelector(".dl-outdated-note");
  if (!mark) return;
  const beside = pane.scrollHeight > pane.clientHeight + 1;
  const stacked = window.matchMedia("(max-width: 860px)").matches;
  if (stacked || !beside) {
    mark.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  } else {
    const offset = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    const middle = pane.scrollTop + offset - pane.clientHeight * 0.35;
    pane.scrollTo({ top: Math.max(0, middle), behavior: calm ? "auto" : "smooth" });
  }
  mark.focus({ preventScroll: true });
}

function back() {
  const cited = page.lastCited;
  if (!cited?.isConnected) return;
  cited.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  cited.focus({ preventScroll: true });
}

page.showMark = showMark;
element.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=back]")) back();
});
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") back();
});
watch("value", () => requestAnimationFrame(showMark));
