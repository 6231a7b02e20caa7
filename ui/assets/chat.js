// Runs once for each pane of the conversation: element, trigger and watch come from the page.
const page = (window.dateline ??= { lastCited: null, shown: null, showMark: null });

function tooltip() {
  let tip = document.getElementById("dl-tip");
  if (!tip) {
    tip = document.createElement("div");
    tip.id = "dl-tip";
    tip.setAttribute("role", "tooltip");
    tip.hidden = true;
    tip.append(document.createElement("q"), document.createElement("span"));
    (document.querySelector(".gradio-container") ?? document.body).append(tip);
  }
  return tip;
}

function showTip(button) {
  const tip = tooltip();
  tip.firstChild.textContent = button.dataset.quote;
  tip.lastChild.textContent = button.dataset.from;
  tip.hidden = false;
  const at = button.getBoundingClientRect();
  const box = tip.getBoundingClientRect();
  const left = Math.min(Math.max(12, at.left - 24), window.innerWidth - box.width - 12);
  const above = at.top - box.height - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

function hideTip() {
  tooltip().hidden = true;
}

function cite(button) {
  document.querySelectorAll(".dl-active").forEach((each) => each.classList.remove("dl-active"));
  button.classList.add("dl-active");
  page.lastCited = button;
  hideTip();
  const { citation } = button.dataset;
  if (citation === page.shown) page.showMark?.();
  page.shown = citation;
  // Asked for even where it is shown: the article may have changed since.
  trigger("cite", JSON.parse(citation));
}

async function copy(button) {
  const text = button.dataset.text;
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https, on another machine's page, only the old way works.
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    copied = document.execCommand("copy");
    area.remove();
  }
  const label = button.textContent;
  button.textContent = copied ? "Copied" : "Not copied";
  setTimeout(() => (button.textContent = label), 1600);
}

function save(button) {
  const { text, name, type } = button.dataset;
  const url = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function edit(button) {
  const box = document.querySelector("#dl-question textarea, #dl-question input");
  box.value = button.dataset.text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

const actions = { cite, copy, save, edit };
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) actions[button.dataset.do]?.(button);
});

for (const [show, hide] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  element.addEventListener(show, (event) => {
    const button = event.target.closest(".dl-cite");
    if (button && (show === "mouseover" || button.matches(":focus-visible"))) showTip(button);
  });
  element.addEventListener(hide, (event) => {
    if (event.target.closest(".dl-cite")) hideTip();
  });
}
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hideTip();
});

// A new question scrolls into view once; after that the page stays where the reader is.
let question = "";
watch("value", () => {
  const heading = element.closest("#dl-live") ? element.querySelector(".dl-question") : null;
  const progress = element.querySelector("[data-progress]")?.dataset.progress;
  const fresh = heading && (progress === "running" || progress === "failed");
  const now = fresh ? heading.textContent : question;
  if (fresh && now !== question) setTimeout(() => heading.scrollIntoView({ block: "start" }), 60);
  question = progress === "running" ? now : "";
});
