"use strict";

/**
 * Runs a Forge app's functions outside of Forge: for each event of the migration platform those that the manifest's
 * triggers name. What they call through @forge/api goes to the cloud that sent the event, with the token that came
 * with it, as Forge's own runtime adds one. Nothing here is Forge's: @forge/api asks whoever runs it for two globals,
 * and these are ours.
 *
 *   node runtime.js APP_FOLDER
 *
 *   MODULES           JSON file: {"triggers": [{"events": [...], "function": KEY}], "functions": {KEY: "file.export"}}
 *   PLATFORM, SITE    what api.atlassian.com and the site are reached by; no other host is
 *   HOST, PORT        to listen on; 0 takes any free port
 *   TLS_CERT, TLS_KEY PEM files
 *   PORTS_FILE        where to write the port as JSON once it listens
 */

const { AsyncLocalStorage } = require("node:async_hooks");
const { randomUUID } = require("node:crypto");
const fs = require("node:fs");
const https = require("node:https");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const { HOST = "127.0.0.1", PORT = "0", PLATFORM, SITE, MODULES, TLS_CERT, TLS_KEY, PORTS_FILE } = process.env;
const APP = path.resolve(process.argv[2]);
const SECONDS = 25;
const MOST_BYTES = 1 << 20;
const SOURCES = [".js", ".mjs", ".cjs"];

const modules = JSON.parse(fs.readFileSync(MODULES, "utf8"));
const invocation = new AsyncLocalStorage();
const realFetch = globalThis.fetch;

/** Where a call of @forge/api goes; undefined for what this runtime does not have. */
function base({ provider, remote }) {
  if (provider !== "app" && provider !== "none") return undefined;
  return { stargate: PLATFORM, confluence: SITE }[remote];
}

globalThis.__forge_fetch__ = async (target, url, init = {}) => {
  const to = target.type === "fpp" ? base(target) : undefined;
  if (to === undefined) {
    const what = `${target.provider} ${target.remote ?? target.type}`;
    console.error(`this runtime answers no calls as ${what}: ${url}`);
    // With this header @forge/api throws, as it does when Forge's proxy refuses.
    const headers = { "forge-proxy-error": target.provider === "user" ? "NEEDS_AUTHENTICATION_ERR" : "NOT_MODELLED" };
    return new Response(JSON.stringify({ message: `not modelled: ${what}` }), { status: 501, headers });
  }
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${invocation.getStore().token}`);
  return realFetch(`${to}${url}`, { ...init, headers });
};

globalThis.fetch = async (resource, init) => {
  const url = new URL(typeof resource === "string" ? resource : resource.url ?? String(resource));
  if (![PLATFORM, SITE].some((known) => new URL(known).origin === url.origin)) {
    throw new Error(`no call leaves the stack: ${url.origin}`);
  }
  return realFetch(resource, init);
};

const none = () => {};
const measured = { measure: () => ({ stop: none }) };
Object.defineProperty(globalThis, "__forge_runtime__", {
  get: () => ({
    appContext: { appId: "local", appVersion: "0", environmentType: "LOCAL", ...invocation.getStore() },
    lambdaContext: { getRemainingTimeInMillis: () => Math.max(0, (invocation.getStore()?.ends ?? 0) - Date.now()) },
    metrics: { counter: () => ({ incr: none, decr: none }), timing: () => measured },
    externalAuth: [],
  }),
});

/** The function behind `file.export`, a handler as the manifest writes it. */
async function handler(text) {
  const at = text.lastIndexOf(".");
  const file = path.join(APP, "src", text.slice(0, at));
  const found = SOURCES.map((ending) => file + ending).find((each) => fs.existsSync(each));
  if (!found) throw new Error(`handler ${text}: there is no ${file}${SOURCES[0]}`);
  const loaded = await import(pathToFileURL(found));
  const called = loaded[text.slice(at + 1)] ?? loaded.default?.[text.slice(at + 1)];
  if (typeof called !== "function") throw new Error(`handler ${text}: ${found} exports no such function`);
  return called;
}

async function invoke(trigger, event, token) {
  const run = await handler(modules.functions[trigger.function]);
  const ends = Date.now() + SECONDS * 1000;
  const context = { installContext: "local", invocationId: randomUUID() };
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${trigger.function} took longer than ${SECONDS} s`)), SECONDS * 1000);
  });
  try {
    await invocation.run({ token, ends, moduleKey: trigger.function, invocationId: context.invocationId },
      () => Promise.race([run(event, context), late]));
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a page in a browser asks: functions are for the cloud. */
function isOfAPage({ headers }) {
  return headers.origin !== undefined || !["none", "same-origin", undefined].includes(headers["sec-fetch-site"]);
}

async function take(request, response) {
  if (isOfAPage(request)) {
    response.statusCode = 403;
    response.end("this is for the cloud, not for a page");
    return;
  }
  if (request.method !== "POST") {
    response.end(JSON.stringify({ triggers: modules.triggers }));
    return;
  }
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MOST_BYTES) {
      response.statusCode = 413;
      response.end(`an event has ${MOST_BYTES} bytes at most`);
      return;
    }
    pieces.push(piece);
  }
  const event = JSON.parse(Buffer.concat(pieces));
  const token = request.headers["x-forge-oauth-system"];
  for (const trigger of modules.triggers.filter((each) => each.events.includes(event.eventType))) {
    await invoke(trigger, event, token);
  }
  response.end();
}

async function main() {
  // A handler that is not there is an error of the start, not of the first event.
  for (const text of Object.values(modules.functions)) await handler(text);
  const tls = { cert: fs.readFileSync(TLS_CERT), key: fs.readFileSync(TLS_KEY) };
  const server = https.createServer(tls, (request, response) => {
    take(request, response).catch((error) => {
      console.error(error);
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  server.listen(Number(PORT), HOST, () => {
    const { port } = server.address();
    if (PORTS_FILE) {
      fs.writeFileSync(`${PORTS_FILE}.new`, JSON.stringify({ https: port }));
      fs.renameSync(`${PORTS_FILE}.new`, PORTS_FILE);
    }
    console.log(`the Forge app's functions listen on port ${port}`);
  });
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
