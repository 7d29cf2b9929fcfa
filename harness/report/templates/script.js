(() => {
  "use strict";
  const root = document.documentElement;
  const cases = [...document.querySelectorAll("details.case")];

  // A case's details stand here as text until they are asked for, so that a long run opens at once.
  // They were escaped when the page was written, and its policy lets no script of theirs run.
  const policy = globalThis.trustedTypes?.createPolicy("case", { createHTML: (text) => text });
  const fill = (details) => {
    const text = details.querySelector(":scope > script");
    if (!text) return;
    const body = document.createElement("div");
    const markup = text.textContent;
    body.innerHTML = policy ? policy.createHTML(markup) : markup;
    text.replaceWith(body);
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.case") && event.target.open) fill(event.target);
  }, true);

  const visit = () => {
    const details = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!details || !details.matches("details.case")) return;
    details.hidden = false;
    fill(details);
    details.open = true;
    details.scrollIntoView({ block: "start" });
    details.querySelector("summary").focus({ preventScroll: true });
  };
  addEventListener("hashchange", visit);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) visit();
  });

  const find = document.getElementById("find");
  const chips = [...document.querySelectorAll(".chip")];
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const pressed = (name) => chips.filter((chip) => chip.ariaPressed === "true" && chip.dataset[name]).map((chip) => chip.dataset[name]);
    const wanted = pressed("verdict"), blamed = pressed("cause");
    let shown = 0;
    for (const details of cases) {
      const { verdict, search, causes } = details.dataset;
      const named = causes.split(" ");
      const fits = (!wanted.length || wanted.includes(verdict)) && (!blamed.length || blamed.some((cause) => named.includes(cause))) && words.every((word) => search.includes(word));
      details.hidden = !fits;
      shown += fits;
    }
    document.getElementById("shown").textContent = shown === cases.length ? "" : `${shown} of ${cases.length}`;
    document.getElementById("none").hidden = shown > 0;
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.ariaPressed = chip.ariaPressed === "true" ? "false" : "true";
      filter();
    });
  }
  find.addEventListener("input", filter);
  const filters = document.getElementById("filters");
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.hidden = false;
  const clear = () => {
    find.value = "";
    for (const chip of chips) chip.ariaPressed = "false";
    filter();
  };
  document.getElementById("clear").addEventListener("click", clear);

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target === find) { clear(); find.blur(); return; }
    if (event.target.matches("input")) return;
    if (event.key === "/") { event.preventDefault(); find.focus(); return; }
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const seen = cases.filter((details) => !details.hidden);
    const at = seen.findIndex((details) => details.contains(document.activeElement));
    const next = seen[at < 0 ? 0 : Math.min(Math.max(at + step, 0), seen.length - 1)];
    if (next) next.querySelector("summary").focus();
  });

  const theme = document.getElementById("theme");
  const themes = ["system", "light", "dark"];
  const wear = (name) => {
    if (name === "system") delete root.dataset.theme; else root.dataset.theme = name;
    theme.textContent = `Theme: ${name}`;
  };
  // Pages opened from a file may have no storage; the switch works all the same.
  const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const store = (name) => { try { localStorage.setItem("theme", name); } catch { return; } };
  wear(themes.includes(stored()) ? stored() : "system");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const name = themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length];
    wear(name);
    store(name);
  });

  visit();
})();
