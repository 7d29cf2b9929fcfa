// Asks Atlassian's package what it makes of requests and tokens; JSON in, JSON out.
const jwt = require("atlassian-jwt");

function hash([method, url]) {
  return jwt.createQueryStringHash(jwt.fromMethodAndUrl(method, url), false, "");
}

function accepts([token, secret]) {
  try {
    jwt.decodeSymmetric(token, secret, "HS256");
    return true;
  } catch {
    return false;
  }
}

let text = "";
process.stdin.on("data", (piece) => (text += piece));
process.stdin.on("end", () => {
  const asked = JSON.parse(text);
  const answer = { hashes: asked.requests.map(hash), accepted: asked.tokens.map(accepts) };
  process.stdout.write(JSON.stringify(answer));
});
