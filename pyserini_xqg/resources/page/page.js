"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const key = "pyserini-xqg-theme";

  const remembered = () => {
    try { return localStorage.getItem(key); } catch { return null; } // a browser may forbid it, in a frame or for local files
  };
  const remember = (theme) => {
    try { localStorage.setItem(key, theme); } catch { /* the choice then lasts as long as the page */ }
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);

  const chosen = remembered();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen; // before anything is drawn
  root.classList.add("scripted");

  function addTheme() {
    const button = document.querySelector(".theme");
    const label = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
    };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      label();
    });
    dark.addEventListener("change", label);
    button.hidden = false;
    label();
  }

  const say = (words) => { document.querySelector("[role=status]").textContent = words; };

  const ABSENT = new Set(["", "-", "–", "—", "−"]);
  const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  // A figure, a word, or null for a cell that has neither and comes last.
  function sortedBy(cell) {
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const shown = cell.querySelector("span").textContent.trim();
    return cell.classList.contains("figures") || ABSENT.has(shown) ? null : shown;
  }

  function compare(one, two) {
    if (typeof one !== typeof two) return typeof one === "number" ? -1 : 1;
    return typeof one === "number" ? one - two : words.compare(one, two);
  }

  function addSorting(table) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, place) => {
      const states = header.classList.contains("figures") ? ["descending", "ascending", "none"] : ["ascending", "descending", "none"];
      header.querySelector("button").addEventListener("click", () => {
        const state = states[(states.indexOf(header.getAttribute("aria-sort")) + 1) % 3] ?? states[0];
        headers.forEach((other) => other.setAttribute("aria-sort", "none"));
        header.setAttribute("aria-sort", state);
        body.append(...(state === "none" ? original : ordered(original, place, state === "descending" ? -1 : 1)));
        say(state === "none" ? "Original order" : `Sorted ${state} by ${header.textContent}`);
      });
    });
  }

  function ordered(rows, place, sign) {
    const keyed = rows.map((row) => [sortedBy(row.cells[place]), row]);
    const held = keyed.filter(([value]) => value !== null).sort((one, two) => sign * compare(one[0], two[0]));
    return [...held, ...keyed.filter(([value]) => value === null)].map(([, row]) => row);
  }

  async function copy(line) {
    try {
      await navigator.clipboard.writeText(line);
      return true;
    } catch { // no clipboard there: an older browser, a local file, or no permission
      const area = document.createElement("textarea");
      area.value = line;
      area.className = "unseen";
      document.body.append(area);
      area.select();
      const copied = document.execCommand("copy");
      area.remove();
      return copied;
    }
  }

  function addCopying(button) {
    const label = button.firstChild;
    let back = 0;
    button.addEventListener("click", async () => {
      const copied = await copy(button.parentElement.querySelector("code").textContent);
      button.focus();
      label.data = copied ? "Copied" : "Press Ctrl+C";
      if (!copied) getSelection().selectAllChildren(button.parentElement.querySelector("code"));
      button.classList.toggle("done", copied);
      say(copied ? "Copied" : "The browser does not let this page copy; the command is selected");
      clearTimeout(back);
      back = setTimeout(() => {
        label.data = "Copy";
        button.classList.remove("done");
      }, 2000);
    });
  }

  // Paper shows everything.
  function addPrinting() {
    let closed = [];
    addEventListener("beforeprint", () => {
      closed = [...document.querySelectorAll("details:not([open])")];
      closed.forEach((details) => { details.open = true; });
    });
    addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));
  }

  // The contents mark the section that is read.
  function addPlace() {
    const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
    const mark = (name) => links.forEach((link, other) => (other === name ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    const watch = new IntersectionObserver(
      (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => mark(entry.target.getAttribute("aria-labelledby"))),
      { rootMargin: "-15% 0px -75% 0px" },
    );
    document.querySelectorAll("main > section").forEach((section) => watch.observe(section));
  }

  addEventListener("DOMContentLoaded", () => {
    addTheme();
    document.querySelectorAll("table").forEach(addSorting);
    document.querySelectorAll(".copy").forEach(addCopying);
    addPrinting();
    addPlace();
  });
})();
