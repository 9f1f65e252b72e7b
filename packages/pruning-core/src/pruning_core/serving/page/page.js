"use strict";

// Texts of users and of the server go into the page by textContent alone.
const element = (id) => document.getElementById(id);
const LOWEST = -4; // of the slider, as a power of ten; 0 itself is at its very left
const state = { results: [], names: [], threshold: 0, strictly: false, preset: null };

const percent = (share) => `${(100 * share).toFixed(0)} %`;
const shown = (value) => (value === 0 ? "0" : Number(value.toPrecision(3)).toString());
const toThreshold = (place) => (place <= 0 ? 0 : 10 ** (LOWEST * (1 - place / 100)));
const toPlace = (value) =>
  value <= 0 ? 0 : Math.min(Math.max(100 * (1 - Math.log10(value) / LOWEST), 0), 100);

function addDocument(text = "", name = "") {
  const copy = element("document").content.cloneNode(true);
  const [label, area] = [copy.querySelector("label"), copy.querySelector("textarea")];
  area.value = text;
  area.dataset.name = name;
  copy.querySelector("button").addEventListener("click", (event) => {
    event.target.closest(".document").remove();
    numberDocuments();
    element("add").focus();
  });
  element("documents").append(copy);
  numberDocuments();
  return area;
}

function numberDocuments() {
  const boxes = [...element("documents").children];
  boxes.forEach((box, index) => {
    const [label, area] = [box.querySelector("label"), box.querySelector("textarea")];
    area.id = `document-${index}`;
    label.htmlFor = area.id;
    label.textContent = area.dataset.name || `Document ${index + 1}`;
    const remove = box.querySelector("button");
    remove.setAttribute("aria-label", `Remove ${label.textContent}`);
    remove.hidden = boxes.length === 1;
  });
}

async function addFiles(files) {
  const areas = [...element("documents").querySelectorAll("textarea")];
  areas.filter((area) => !area.value).forEach((area) => area.closest(".document").remove());
  for (const file of files) addDocument(await file.text(), file.name);
  if (!element("documents").children.length) addDocument();
  element("status").textContent = `${files.length} added`;
}

async function request(path, body) {
  const headers = { "Content-Type": "application/json" };
  if (element("key").value) headers.Authorization = `Bearer ${element("key").value}`;
  const answer = await fetch(path, {
    method: body ? "POST" : "GET",
    headers,
    body: body && JSON.stringify(body),
  });
  const data = await answer.json().catch(() => null);
  if (answer.ok) return data;
  if (answer.status === 401) element("access").open = true;
  throw new Error(data?.error?.message ?? `the server answered ${answer.status}`);
}

async function prune(event) {
  event.preventDefault();
  element("prune").disabled = true;
  element("error").hidden = true;
  element("status").textContent = "Pruning …";
  try {
    const areas = [...element("documents").querySelectorAll("textarea")];
    const [info, answer] = [
      await request("info"),
      await request("v1/prune", {
        query: element("query").value,
        documents: areas.map((area) => area.value),
        count_tokens: true,
      }),
    ];
    state.strictly = info.sentence_rule === "kept_share";
    if (state.preset !== info.default_threshold) {
      state.preset = info.default_threshold;
      state.threshold = state.preset;
      element("threshold").value = toPlace(state.preset);
    }
    state.names = areas.map((area, index) => area.dataset.name || `Document ${index + 1}`);
    state.results = answer.results.map(prepared).sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
    element("status").textContent = "Done";
    element("result").hidden = false;
    show();
    element("result").scrollIntoView({ block: "nearest" });
  } catch (error) {
    element("status").textContent = "";
    element("error").textContent = `Not pruned: ${error.message}`;
    element("error").hidden = false;
  } finally {
    element("prune").disabled = false;
  }
}

// Positions count code points, strings of JavaScript do not.
function prepared(result) {
  const points = Array.from(result.original);
  const sentences = result.sentences.map((sentence) => ({
    ...sentence,
    text: points.slice(sentence.start, sentence.end).join(""),
    characters: sentence.end - sentence.start,
  }));
  return { ...result, sentences };
}

const stays = (sentence) =>
  state.strictly
    ? sentence.probability > state.threshold
    : sentence.probability >= state.threshold;
const keptText = (result) =>
  result.sentences.filter(stays).map((sentence) => sentence.text).join("");
const total = (sentences, name) => sentences.reduce((sum, sentence) => sum + sentence[name], 0);

function numbers(sentences) {
  const gone = sentences.filter((sentence) => !stays(sentence));
  const all = total(sentences, "characters");
  const share = all ? total(gone, "characters") / all : 0;
  return `${percent(share)} removed, ${total(gone, "tokens")} of ${total(sentences, "tokens")} tokens spared`;
}

function show() {
  element("value").textContent = shown(state.threshold);
  element("threshold").setAttribute("aria-valuetext", shown(state.threshold));
  const everything = state.results.flatMap((result) => result.sentences);
  element("summary").textContent = `All documents: ${numbers(everything)}`;
  element("rows").replaceChildren(...state.results.map(article));
}

function article(result) {
  const copy = element("row").content.cloneNode(true);
  const name = state.names[result.index];
  const score = result.score === null ? "" : `Score ${result.score.toFixed(3)}, `;
  copy.querySelector("h3").textContent = name;
  copy.querySelector(".numbers").textContent = score + numbers(result.sentences);
  copy.querySelector(".warning").textContent = result.warnings.join("; ");
  const parts = result.sentences.map((sentence) => {
    const part = document.createElement(stays(sentence) ? "span" : "del");
    part.textContent = sentence.text;
    part.title = sentence.probability.toFixed(4);
    return part;
  });
  copy.querySelector(".text").replaceChildren(...parts);
  const button = copy.querySelector("button");
  button.setAttribute("aria-label", `Copy what stays of ${name}`);
  button.addEventListener("click", () => copyText(keptText(result), button));
  return copy;
}

async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers give the clipboard to https and localhost alone.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  element("status").textContent = "Copied";
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}

element("form").addEventListener("submit", prune);
element("add").addEventListener("click", () => addDocument().focus());
element("files").addEventListener("change", (event) => addFiles(event.target.files));
element("threshold").addEventListener("input", (event) => {
  state.threshold = toThreshold(Number(event.target.value));
  show();
});
element("copy").addEventListener("click", (event) =>
  copyText(state.results.map(keptText).filter(Boolean).join("\n\n"), event.target));
element("show").addEventListener("change", (event) =>
  element("rows").classList.toggle("kept-only", !event.target.checked));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, () => document.body.classList.remove("dropping"));
}
document.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) addFiles(event.dataTransfer.files);
});
addDocument();
