// The newer login form posts JSON, so that a second step can follow.
const form = document.getElementById("login-panel");
const problem = document.getElementById("login-error");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  const answer = await fetch("/rest/tsv/1.0/authenticate?os_authType=none", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      username: form.username.value,
      password: form.password.value,
      rememberMe: form.rememberMe.checked,
      targetUrl: form.dataset.target,
    }),
  });
  const body = await answer.json();
  if (answer.ok) {
    location.assign(body.redirectUrl);
  } else {
    problem.textContent = body.message;
    problem.hidden = false;
  }
});
