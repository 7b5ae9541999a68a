// Removing from the list: a modal asks first.
const dialog = document.getElementById("sure");
const question = document.getElementById("question");
const said = document.getElementById("said");
let chosen;

document.getElementById("wanted").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  chosen = button.closest("li");
  question.textContent = `Remove “${button.dataset.title}” from your list?`;
  dialog.showModal();
});

dialog.addEventListener("click", async (event) => {
  const answer = event.target.closest("button")?.value;
  if (!answer) return;
  dialog.close();
  if (answer !== "remove") return;
  const title = chosen.querySelector("a").textContent;
  const done = await fetch("/api/list/" + chosen.dataset.slug, { method: "DELETE" });
  const { left } = await done.json();
  chosen.remove();
  said.textContent = `“${title}” was removed.`;
  document.getElementById("empty").hidden = left > 0;
});
