// The assistant's pages, drawn in the browser over REST: dashboard, wizard, and a plan's page.
const REST = "/rest/migration/latest";
const PAGES = "/plugins/servlet/ial/migration";
const REFRESH_MS = 1000;
const IDLE_REFRESH_MS = 10_000; // of a plan that changes only if somebody else runs it
const PLAN_TONES = { RUNNING: "blue", FINISHED: "green", INCOMPLETE: "yellow", FAILED: "red" };
const ROW_TONES = {
  STARTING: "blue", RUNNING: "green", COMPLETE: "green", INCOMPLETE: "yellow", FAILED: "red", TIMED_OUT: "red",
  CANCELLING: "blue",
};
const CHECK_TONES = { PASSED: "green", WARNING: "yellow", ERROR: "red" };

const root = document.getElementById("assistant");
const wall = (ms) => new Promise((done) => setTimeout(done, ms));

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (typeof value === "boolean") {
      element.toggleAttribute(name, value);
    } else if (value !== null) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null));
  return element;
}

const button = (text, onclick, primary = false, others = {}) =>
  make("button", { class: primary ? "button primary" : "button", type: "button", onclick, ...others }, text);
const link = (text, href) => make("a", { href }, text);
const lozenge = (text, tone, upper = false) =>
  make("span", { class: `lozenge ${upper ? "upper " : ""}${tone || ""}` }, text);
const crumbs = () => make("p", { class: "crumbs" }, link("Migration Assistant", `${PAGES}/home`));
const planAddress = (id) => `${PAGES}/plan?planId=${encodeURIComponent(id)}`;
const heads = (...texts) =>
  make("thead", {}, make("tr", {}, texts.map((text) => make("th", { scope: "col" }, text))));
const table = (head, rows) => make("div", { class: "scroll" }, make("table", {}, head, make("tbody", {}, rows)));
const when = (ms) => new Date(ms).toISOString().replace("T", " ").slice(0, 16);

async function call(path, method = "GET", body = undefined) {
  const answer = await fetch(REST + path, {
    method,
    headers: { "Content-Type": "application/json", "X-Atlassian-Token": "no-check" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const told = text && answer.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : null;
  if (!answer.ok) {
    throw new Error(answer.status === 401
      ? "Your session has ended. Log in again."
      : told?.message || `Something went wrong (${answer.status}).`);
  }
  return told;
}

const nameOf = (element) => element.id || element.ariaLabel || element.innerText;

function draw(...children) {
  const focused = root.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  root.replaceChildren(...children.filter((child) => child !== null));
  root.removeAttribute("aria-busy");
  if (focused) {
    [...root.querySelectorAll("a, button")].find((each) => nameOf(each) === focused)?.focus();
  }
}

function problem(error) {
  draw(crumbs(), make("h1", {}, error.message), make("div", { class: "message error", role: "alert" },
    "The page could not be loaded. Try again later."));
}

// ---- dashboard

async function home() {
  const told = await call("/home");
  const remove = async (plan) => {
    await call(`/plans/${plan.id}`, "DELETE");
    await home();
  };
  const row = (plan) => make("tr", {},
    make("th", { scope: "row" }, plan.name),
    make("td", {}, lozenge(plan.status, PLAN_TONES[plan.status])),
    make("td", {}, when(plan.createdAt)),
    make("td", { class: "actions" },
      make("a", { class: "button", href: planAddress(plan.id) }, "View details"),
      plan.status === "RUNNING" ? null : button("Delete", () => remove(plan))));
  const card = (title, text, action) =>
    make("li", {}, make("h3", {}, title), make("p", { class: "muted" }, text), action);
  const connectAgain = async () => {
    await call("/connection", "POST", {});
    await home();
  };
  draw(
    make("div", { class: "title" }, make("h1", {}, "Migration Assistant"),
      button("Create new migration", () => location.assign(`${PAGES}/create`), true)),
    make("p", { class: "lead" }, "Move spaces, users and apps from this Confluence to your Atlassian cloud site."),
    told.connectionExpired
      ? make("div", { class: "message error", role: "alert" },
        make("p", {}, "The connection to your cloud site has expired."), button("Connect again", connectAgain, true))
      : null,
    make("ul", { class: "cards" },
      card("Your apps", `${told.assessedPercent}% of them have a decision.`,
        link("Assess your apps", `${PAGES}/assess`)),
      card("Ready for cloud", "Install and agree to the apps that you need.",
        link("Begin preparing", `${PAGES}/prepare`))),
    make("h2", {}, "Migrations dashboard"),
    told.plans.length
      ? table(heads("Name", "Status", "Created", "Actions"), told.plans.map(row))
      : make("p", { class: "empty" }, "There are no migrations yet. Create one to begin."));
}

// ---- a plan

let openTab = "progress";
let shown = null;
let refresh = 0;

function progressPanel(plan) {
  const state = plan.status === "SAVED" ? ["Not started", ""]
    : plan.status === "FAILED" && !plan.hasRun ? ["Failed", "red"] : ["Done", "green"];
  const kinds = plan.include.filter((kind) => kind.name !== "APPS").map((kind) =>
    make("tr", {}, make("th", { scope: "row" }, kind.text), make("td", {}, lozenge(...state, true))));
  const change = (app, what, text, allowed) => button(text, async () => drawPlan(await call(
    `/plans/${plan.id}/apps/${encodeURIComponent(app.serverAppKey)}/${what}`, "POST", {})), false,
    { disabled: !allowed, "aria-label": `${text} ${app.app}` });
  const action = (app) => ["STARTING", "RUNNING"].includes(app.status)
    ? change(app, "cancel", "Cancel", app.cancellable)
    : ["FAILED", "INCOMPLETE"].includes(app.status) ? change(app, "rerun", "Re-run", app.rerunnable) : null;
  const row = (app) => make("tr", {},
    make("td", {}, make("strong", {}, app.app), make("code", { class: "line" }, app.serverAppKey)),
    make("td", {}, lozenge(app.text, ROW_TONES[app.status], true)),
    make("td", {},
      app.percent === null ? "–" : make("span", { class: "percent" }, `${app.percent} %`),
      app.message === null ? null : make("div", { class: "muted" }, app.message)),
    plan.actions ? make("td", { class: "actions" }, action(app)) : null);
  const apps = plan.rows.length
    ? table(heads("App", "Status", "Progress", ...(plan.actions ? ["Actions"] : [])), plan.rows.map(row))
    : make("p", { class: "empty" }, "0 apps will be migrated.");
  return [
    make("h2", {}, "Migration progress"), table(heads("Data", "Status"), kinds),
    ...(plan.appMigration ? [make("h2", {}, "App migration progress"), apps] : []),
  ];
}

function includesPanel(plan) {
  return [
    make("dl", { class: "facts" },
      make("dt", {}, "Destination"), make("dd", {}, plan.site),
      make("dt", {}, "Stage"), make("dd", {}, plan.stage),
      make("dt", {}, "Data"), make("dd", {}, plan.include.map((kind) => kind.text).join(", "))),
    plan.logs ? make("p", {}, link("View logs", `${PAGES}/plan/logs?planId=${plan.id}`)) : null,
  ].filter((part) => part !== null);
}

function drawPlan(plan) {
  shown = plan;
  refreshLater(plan);
  const change = (what) => async () => drawPlan(await call(`/plans/${plan.id}/${what}`, "POST", {}));
  const tab = (name, text) => make("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel",
    "aria-selected": String(openTab === name),
    onclick: () => { openTab = name; drawPlan(plan); },
  }, text);
  document.title = `${plan.name} - Confluence stand-in`;
  draw(
    crumbs(),
    make("div", { class: "title" }, make("h1", {}, plan.name),
      plan.status === "SAVED" ? button("Run", change("run"), true)
        : plan.underWay ? button("Stop", change("stop")) : null),
    make("p", {}, lozenge(plan.status, PLAN_TONES[plan.status])),
    make("div", { class: "tabs", role: "tablist" },
      tab("progress", "Progress"), tab("includes", "This migration includes")),
    make("div", { id: "panel", role: "tabpanel", "aria-labelledby": `tab-${openTab}` },
      openTab === "progress" ? progressPanel(plan) : includesPanel(plan)));
}

function refreshLater(plan) {
  clearTimeout(refresh);
  refresh = setTimeout(refreshPlan, plan.underWay || plan.status === "RUNNING" ? REFRESH_MS : IDLE_REFRESH_MS);
}

async function refreshPlan() {
  const before = shown;
  const told = await call(`/plans/${before.id}`);
  if (shown !== before) {
    return; // a button was pressed meanwhile, whose answer is newer
  }
  if (JSON.stringify(told) === JSON.stringify(before)) {
    refreshLater(told);
  } else {
    drawPlan(told);
  }
}

async function showPlan() {
  const id = new URLSearchParams(location.search).get("planId") || "";
  drawPlan(await call(`/plans/${encodeURIComponent(id)}`));
}

// ---- wizard

const STEPS = ["Connect to cloud", "Choose what to migrate", "Review email domains", "Check for errors",
  "Review your migration"];

async function create() {
  const told = await call("/wizard");
  const plan = { name: "", stage: "production", include: told.kinds.map((kind) => kind.name) };
  const step = (title, ...parts) => {
    draw(
      make("ol", { class: "steps", "aria-label": "Steps" }, STEPS.map((text) =>
        make("li", { "aria-current": text === title ? "step" : null }, text))),
      make("h1", { tabindex: "-1" }, title), make("div", { class: "card stack" }, parts));
    (root.querySelector("#name") || root.querySelector("h1")).focus();
  };
  const actions = (...buttons) => make("div", { class: "actions" }, buttons);
  const check = (text, checked = false, onchange = null) => {
    const box = make("input", { type: "checkbox", checked, onchange: onchange || (() => {}) });
    return { box, label: make("label", { class: "check" }, box, ` ${text}`) };
  };
  connect();

  function connect() {
    const name = make("input", { id: "name", maxlength: "255", autocomplete: "off" });
    const stage = make("select", { id: "stage" },
      make("option", { value: "production" }, "Production"), make("option", { value: "testing" }, "Testing"));
    const site = make("select", { id: "site" }, make("option", {}, told.site));
    const allow = check("Allow the assistant to access this site and to copy data to it");
    const next = button("Continue", () => {
      plan.name = name.value.trim();
      plan.stage = stage.value;
      choose();
    }, true, { disabled: true });
    const ready = () => { next.disabled = !(name.value.trim() && allow.box.checked); };
    name.addEventListener("input", ready);
    allow.box.addEventListener("change", ready);
    step(STEPS[0], make("label", { for: "name" }, "Name"), name, make("label", { for: "stage" }, "Stage"), stage,
      make("label", { for: "site" }, "Destination"), site, allow.label, actions(next));
  }

  function choose() {
    const kinds = told.kinds.map((kind) => ({ kind, ...check(kind.text, true, () => ready()) }));
    const all = check("Select all", false, () => {
      offered.forEach((one) => { one.box.checked = all.box.checked; });
      ready();
    });
    // A Confluence has a space at least, even one that nothing was described of.
    const known = told.spaces.length ? told.spaces : [{ key: null, name: "Demonstration space" }];
    const offered = known.map(({ key, name }) =>
      ({ key, ...check(key === null ? name : `${name} (${key})`, false, () => ready()) }));
    const spaces = make("fieldset", { class: "indent" }, make("legend", {}, "Spaces"), all.label,
      offered.map((one) => one.label));
    const user = (text) => {
      const radio = make("input", { type: "radio", name: "users", onchange: () => ready() });
      return { radio, label: make("label", { class: "check" }, radio, ` ${text}`) };
    };
    const users = [user("All users and groups from the user directory"), user("Only users of the chosen spaces")];
    const who = make("fieldset", { class: "indent" }, make("legend", {}, "Users"), users.map((one) => one.label));
    const next = button("Next", () => {
      plan.include = kinds.filter((one) => one.box.checked).map((one) => one.kind.name);
      plan.spaces = offered.filter((one) => one.key !== null && one.box.checked).map((one) => one.key);
      if (plan.include.includes("USERS")) domains(); else errors();
    }, true);
    const includes = (name) => kinds.some((one) => one.kind.name === name && one.box.checked);
    const ready = () => {
      spaces.hidden = !includes("SPACES");
      who.hidden = !includes("USERS");
      next.disabled = !kinds.some((one) => one.box.checked)
        || (includes("SPACES") && !offered.some((one) => one.box.checked))
        || (includes("USERS") && !users.some((one) => one.radio.checked));
    };
    const more = { SPACES: spaces, USERS: who };
    step(STEPS[1], kinds.flatMap((one) => [one.label, more[one.kind.name] || null]), actions(next));
    ready();
  }

  async function domains() {
    const all = (await call("/email/domains")).availableDomains;
    const decisions = { TRUSTED: ["Trusted", "green"], NOT_TRUSTED: ["Not trusted", "red"] };
    const isDecided = (domain) => domain.rule in decisions;
    const trust = async (domain) => {
      await call("/email/domain-rules", "PUT", { domainName: domain.domainName, rule: "TRUSTED" });
      await domains();
    };
    const row = (domain) => make("tr", {}, make("th", { scope: "row" }, domain.domainName),
      make("td", {}, `${domain.userCount}`), make("td", {}, isDecided(domain)
        ? lozenge(...decisions[domain.rule]) : button("Trust", () => trust(domain))));
    step(STEPS[2], make("p", {}, "Users migrate once the domains of their email addresses are trusted."),
      table(heads("Domain", "Users", "Decision"), all.map(row)),
      actions(button("Next", () => errors(), true, { disabled: !all.every(isDecided) })));
  }

  async function errors() {
    step(STEPS[3], make("p", { role: "status", "aria-busy": "true" }, "Loading the checks"));
    const found = await call("/wizard/check", "POST", plan);
    const item = (one) => make("li", {},
      lozenge(one.outcome[0] + one.outcome.slice(1).toLowerCase(), CHECK_TONES[one.outcome], true),
      make("span", {}, one.title, one.detail ? make("div", { class: "muted" }, one.detail) : null));
    step(STEPS[3], make("ul", { class: "checks" }, found.checks.map(item)),
      found.blocked ? make("div", { class: "message error", role: "alert" },
        "The migration cannot go on until the errors are gone.") : "",
      actions(found.blocked ? button("Check again", () => errors(), true)
        : button("Review migration", () => review(found.apps), true)));
  }

  function review(apps) {
    const save = async (run) => {
      const made = await call("/plans", "POST", plan);
      if (run) await call(`/plans/${made.id}/run`, "POST", {});
      location.assign(planAddress(made.id));
    };
    const counted = apps.length === 1 ? "1 app" : `${apps.length} apps`;
    step(STEPS[4], make("dl", { class: "facts" },
      make("dt", {}, "Name"), make("dd", {}, plan.name),
      make("dt", {}, "Destination"), make("dd", {}, told.site),
      make("dt", {}, "Apps"), make("dd", {}, `${counted} will be migrated${apps.length ? `: ${apps.join(", ")}` : ""}`)),
      actions(button("Save", () => save(false), true), button("Run now", () => save(true))));
  }
}

window.addEventListener("unhandledrejection", (event) => problem(event.reason));
try {
  await wall(Number(root.dataset.delay));
  await { home, plan: showPlan, create }[root.dataset.page]();
} catch (error) {
  problem(error);
}
